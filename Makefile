# Go and make are all that is needed; other tools are installed into bin/.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
NATS        := github.com/nats-io/natscli/nats@v0.5.1
NATS_SERVER := github.com/nats-io/nats-server/v2@v2.15.2

# A tool is installed once a version: its stamp bears the version.
stamp = bin/.$(subst /,_,$(1))

.PHONY: all demo test race check vuln bench bench-steps profile clean FORCE

all: bin/jsc

bin/jsc: FORCE
	@go build -o $@ ./cmd/jsc

# Builds the example with keys of its own, then proves it on a server.
demo: bin/jsc
	@rm -rf .demo && mkdir .demo && cp examples/order-events/topology.hcl .demo/
	bin/jsc build .demo/topology.hcl --generate-keys --creds .demo/creds
	bin/jsc verify .demo/topology.hcl
	@echo
	@echo "Look at:"
	@echo "  .demo/topology.hcl                      what was written by hand"
	@echo "  .demo/topology.lock.json                the keys and times that are kept from build to build"
	@echo "  .demo/generated/accounts/ACCTB.json     what ACCTB's token says: three imports, nothing else"
	@echo "  .demo/generated/jetstream/              the stream and the consumer, for nats stream add --config"
	@echo "  .demo/generated/server.conf             boots as it is: nats-server -c .demo/generated/server.conf"
	@echo "  .demo/creds/                            the users' credentials"

# The real clients' test runs nats and nats-server from bin/.
test: $(call stamp,$(NATS)) $(call stamp,$(NATS_SERVER))
	go test ./...

# What works in parallel, under the race detector: it needs a C compiler, and takes
# some minutes.
race:
	go test -race -timeout 1h ./compiler/... ./emit ./emit/check ./emit/diff ./emit/explain ./emit/folder ./emit/git ./emit/keys ./emit/lock ./schema/...

check: $(call stamp,$(STATICCHECK))
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt is needed:"; echo "$$files"; exit 1; }
	go mod tidy -diff
	go vet ./...
	bin/staticcheck ./...

# Asks a database of known weaknesses, so it needs the network.
vuln: $(call stamp,$(GOVULNCHECK))
	bin/govulncheck ./...

# Whole processes on 100 to 10,000 tenants: the tables of docs/performance.md.
bench: bin/jsc $(call stamp,$(NATS_SERVER))
	go run ./bench -jsc bin/jsc

# Where the time goes with 10,000 tenants: go tool pprof bin/jsc-profile bin/profiles/cold.prof
profile:
	go build -tags profile -o bin/jsc-profile ./cmd/jsc
	go run ./bench -jsc bin/jsc-profile -tenants 10000 -runs 1 -server '' -profile bin/profiles

# Single steps, beside what the libraries take for the same.
bench-steps:
	go test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf bin .demo

define tool
$(call stamp,$(1)):
	@mkdir -p bin
	GOBIN=$$(CURDIR)/bin go install $(1)
	@touch $$@
endef
# By name: the clients and the server of the tests, for use by hand.
bin/nats: $(call stamp,$(NATS))
bin/nats-server: $(call stamp,$(NATS_SERVER))

$(foreach t,$(STATICCHECK) $(GOVULNCHECK) $(NATS) $(NATS_SERVER),$(eval $(call tool,$(t))))
