package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"jsc/schema/diag"
)

// version is set when a release is built.
var version = "dev"

func newVersion(t *terminal) *cobra.Command {
	format := "text"
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Show the version, and those of nats-server and jwt inside",
		Example: "  jsc version --format json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("version takes no arguments")}
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			v := versions()
			if format == "json" {
				return diag.WriteJSON(t.stdout, v)
			}
			fmt.Fprintf(t.stdout, "jsc %s\ncommit       %s\nnats-server  %s\njwt          %s\ngo           %s\n", v.Version, v.Commit, v.Server, v.JWT, v.Go)
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

type versionReport struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Server  string `json:"nats_server"`
	JWT     string `json:"jwt"`
	Go      string `json:"go"`
}

// versions reads what the linker knows of this binary.
func versions() versionReport {
	v := versionReport{Version: version, Commit: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Go = info.GoVersion
	for _, d := range info.Deps {
		switch d.Path {
		case "github.com/nats-io/nats-server/v2":
			v.Server = d.Version
		case "github.com/nats-io/jwt/v2":
			v.JWT = d.Version
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Commit = s.Value
		}
	}
	return v
}
