package verify_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jsc/compiler"
	"jsc/emit/diff"
)

// rooms are accounts with a stream each, whose disk is all of the server's: of
// each account its disk and what its stream reserves, "" where there is none.
func rooms(port int, sizes string) string {
	text := fmt.Sprintf("operator \"O\" {}\nserver {\n port = %d\n jetstream {}\n}\n", port)
	for line := range strings.Lines(sizes) {
		account, disk, stream := "", "", ""
		if n, _ := fmt.Sscan(line, &account, &disk, &stream); n == 3 {
			stream = fmt.Sprintf(" stream \"S\" {\n  subjects = [\"s\"]\n  max_bytes = %q\n }\n", stream)
		}
		text += fmt.Sprintf("account %q {\n jetstream { disk = %q }\n%s}\n", account, disk, stream)
	}
	return text
}

// follow does the steps of a plan in that order, as far as they are about
// streams and a server alone.
func (s *site) follow(steps []diff.Step) {
	s.t.Helper()
	for _, step := range steps {
		verb, _, _ := strings.Cut(step.Text, " ")
		for _, name := range step.Names {
			account, stream, _ := strings.Cut(name, "/")
			config := func() string {
				i := slices.IndexFunc(s.plan.Topology.Accounts, func(a *compiler.Account) bool { return a.Name == account })
				streams := s.plan.Topology.Accounts[i].Streams
				return string(streams[slices.IndexFunc(streams, func(st *compiler.Stream) bool { return st.Config.Name == stream })].Config.JSON())
			}
			switch command := map[string]string{"Make": "CREATE", "Update": "UPDATE", "Delete": "DELETE", "Give": "EDIT"}[verb]; command {
			case "":
			case "EDIT":
				config := s.api(account, "$JS.API.STREAM.INFO."+stream, "")["config"].(map[string]any)
				config["subjects"] = []string{"nobody.uses." + stream}
				text, err := json.Marshal(config)
				s.must(err)
				s.api(account, "$JS.API.STREAM.UPDATE."+stream, string(text))
			case "DELETE":
				s.api(account, "$JS.API.STREAM.DELETE."+stream, "")
			default:
				s.api(account, "$JS.API.STREAM."+command+"."+stream, config())
			}
		}
		switch verb {
		case "Reload":
			s.writeConfs(s.confs)
			s.must(s.server.Reload())
		case "Restart":
			s.stop()
			s.up(s.deploy("server.conf")[0])
		}
	}
}

// TestStreamsFirst: a server holds what streams reserve beside every account's
// limit, when it starts and when a limit rises; where there is no room for both
// it takes JetStream from the account, or does not take its limit. A plan says
// what to do in an order that leaves every account its streams, whichever the
// server takes first.
func TestStreamsFirst(t *testing.T) {
	const before = "A 100MiB 50MiB\nB 100MiB 50MiB\n"
	for name, after := range map[string]string{
		"both have less":              "A 10MiB 5MiB\nB 10MiB 5MiB\n",
		"both have less and one goes": "A 10MiB 5MiB\nB 10MiB\n",
		"one has the other's":         "A 10MiB 5MiB\nB 190MiB 180MiB\n",
		"one has a stream's":          "A 10MiB\nB 190MiB 180MiB\n",
		"a new one has another's":     "A 10MiB 5MiB\nB 100MiB 50MiB\nC 90MiB 80MiB\n",
		"one has another's that goes": "B 200MiB 180MiB\n",
	} {
		t.Run(name, func(t *testing.T) {
			port := freePorts(t, 1)
			for range 4 {
				s := newSite(t)
				s.build(rooms(port, before))
				s.up(s.deploy("server.conf")[0])
				s.fill()
				r := s.planned(rooms(port, after))
				s.follow(r.Steps)
				for _, a := range s.plan.Topology.Accounts {
					for _, st := range a.Streams {
						answer, err := s.ask(a.Name, "$JS.API.STREAM.INFO.S", "")
						config, _ := answer["config"].(map[string]any)
						if err != nil || config["max_bytes"] != float64(st.Config.MaxBytes) {
							t.Errorf("account %s: %v, %v, after %v", a.Name, err, config["max_bytes"], r.Steps)
						}
					}
				}
				s.stop()
			}
		})
	}
}
