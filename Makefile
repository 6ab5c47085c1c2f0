# ocopflow. `make help` lists what can be made.

GO := $(shell command -v go 2>/dev/null || echo /usr/local/go/bin/go)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FLAGS := -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"
EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
TEMPORAL := github.com/temporalio/cli/cmd/temporal@v1.5.1
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
KILLS ?= 1000
ROUNDS ?= 40
FUZZTIME ?= 1m
# The race detector looks at Go. SQLite is C put into Go: its memory is its own, and
# watching each of its reads made the tests on it several times slower.
RACE := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false
ENTRIES ?= 100000
PRODUCTS ?= 100000

.DEFAULT_GOAL := help
.PHONY: help run build test check story chaos fault-table linear environment bench-ledger bench-growth bench-servers bench-peers bench-list bench-sheets bench-moving guides fuzz corpora release deb reproducible faults clean setup

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Build, then serve the demo on SQLite.
	bin/ocopflow serve --demo

build: ## Build bin/ocopflow, one static binary that holds everything.
	CGO_ENABLED=0 $(GO) build $(FLAGS) -o bin/ocopflow ./cmd/ocopflow

setup:
	@scripts/setup-tests.sh

test: setup ## Install what the tests need, and pass them on SQLite, Postgres and in a browser.
	$(GO) vet ./...
	CGO_ENABLED=1 $(GO) test $(RACE) -count=1 -p 2 -timeout 55m ./...

check: ## Format, vet, staticcheck, import rules, tidy module files.
	@test -z "$$(gofmt -l cmd internal migrations workflows)" || { gofmt -l cmd internal migrations workflows; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) test -count=1 ./internal/archtest
	$(GO) mod tidy -diff

story: build ## Play the 2024 campaign of Cẩm Xuyên and tell it.
	bin/ocopflow story

chaos: setup ## Kill the server, and Postgres too, KILLS times during a stream of moves.
	OCOPFLOW_KILLS=$(KILLS) $(GO) test -count=1 -timeout 6h -v -run TestKillLoop ./internal/app

fault-table: setup ## Let every statement of every deed fail in three ways, on both databases (docs/faults.md).
	OCOPFLOW_FAULTS=all $(GO) test -count=1 -timeout 3h -v -run 'TestFaultTable|TestMigrationsSurvive' ./internal/app

environment: setup ## What the machine does to us: full disks, exhausted pools, 10,000 idle connections, 2 GB.
	ulimit -n 65536 && OCOPFLOW_IDLE=10000 OCOPFLOW_ROWS=20000 $(GO) test -count=1 -timeout 30m -v -run 'DoesNotWrite|FullDisk|ExhaustedPool|TwoGigabytes|IdleAndHalfOpen|LockedDatabase|SlowReaders|ReadOnlySaysSo|QuarterOfAGigabyte' ./internal/app

linear: setup ## Hold ROUNDS histories of clients, lost answers and kills against the model.
	OCOPFLOW_ROUNDS=$(ROUNDS) $(GO) test -count=1 -timeout 1h -v -run TestHistoriesAreLinearizable ./internal/app

bench-ledger: setup ## Fill a ledger with ENTRIES entries; measure verification and proofs on both databases.
	OCOPFLOW_ENTRIES=$(ENTRIES) $(GO) test -run '^$$' -bench Ledger -benchtime 1x -timeout 3h ./internal/app

bench-growth: setup ## Fill a ledger with ENTRIES entries; measure moves, pages, start, memory and disk.
	OCOPFLOW_ENTRIES=$(ENTRIES) $(GO) test -run '^$$' -bench Growth -benchtime 1x -timeout 3h ./internal/bench

bench-servers: setup ## Share 32 clients among one, two and four processes on one Postgres.
	$(GO) test -run '^$$' -bench Servers -benchtime 1x -timeout 30m ./internal/bench

bench-peers: setup bin/temporal ## Measure other workflow engines on the same job, in one run with the program; PEERS='-only dbos -runs 1' for less.
	cd internal/bench/peers && export PATH="$(CURDIR)/bin:$$PATH" && $(GO) test -count=1 . && $(GO) run . $(PEERS)

bin/temporal: # Temporal's development server.
	GOBIN=$(CURDIR)/bin $(GO) install $(TEMPORAL)

bench-list: setup ## Fill in PRODUCTS products; measure the first page of their list, and of the public one, on both databases.
	OCOPFLOW_PRODUCTS=$(PRODUCTS) $(GO) test -run '^$$' -bench 'ProductList|Recognised' -benchtime 60x -timeout 1h ./internal/app

bench-sheets: setup ## Import 500 and 5,000 products from a workbook, export PRODUCTS; on both databases.
	OCOPFLOW_PRODUCTS=$(PRODUCTS) $(GO) test -run '^$$' -bench 'Import|Export' -benchtime 1x -timeout 1h ./internal/app

guides: setup ## Make the pictures of docs/guides anew, in a real browser.
	$(GO) test -count=1 -run 'TestEverybodysDay/vi$$' ./internal/browser -args -update-guides

fuzz: ## Fuzz each parser for FUZZTIME.
	$(GO) test -run '^$$' -fuzz FuzzLoad -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/workflow
	$(GO) test -run '^$$' -fuzz FuzzGuard -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/workflow
	$(GO) test -run '^$$' -fuzz FuzzParse -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/criteria
	$(GO) test -run '^$$' -fuzz FuzzParse -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/campaign
	$(GO) test -run '^$$' -fuzz FuzzCanonical -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/ledger
	$(GO) test -run '^$$' -fuzz FuzzParseTile -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/ledger
	$(GO) test -run '^$$' -fuzz FuzzVerifyBundle -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/audit
	$(GO) test -run '^$$' -fuzz FuzzCheckEvidence -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/register
	$(GO) test -run '^$$' -fuzz FuzzAPI -fuzztime $(FUZZTIME) -parallel 2 ./internal/app
	OCOPFLOW_FUZZ=postgres $(GO) test -run '^$$' -fuzz FuzzAPI -fuzztime $(FUZZTIME) -parallel 2 ./internal/app
	$(GO) test -run '^$$' -fuzz FuzzCheckProof -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/ledger
	$(GO) test -run '^$$' -fuzz FuzzParseDays -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/calendar
	$(GO) test -run '^$$' -fuzz FuzzParse -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/paper
	$(GO) test -run '^$$' -fuzz FuzzRead -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/workbook
	$(GO) test -run '^$$' -fuzz FuzzCheck -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/backup
	$(GO) test -run '^$$' -fuzz FuzzRead -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/signature

corpora: ## Keep of what fuzzing found new ways with, for the tests to try each time.
	@scripts/keep-corpora.sh

release: ## Archives for linux, windows and macOS, Debian packages, components (CycloneDX) and checksums, in dist/.
	$(GO) run ./tools/release -version $(VERSION) -epoch $(EPOCH)
	@cat dist/SHA256SUMS

deb: ## The Debian package of this machine alone, in dist/.
	$(GO) run ./tools/release -version $(VERSION) -epoch $(EPOCH) -only linux/$(shell $(GO) env GOARCH) -bare
	@ls dist/*.deb

reproducible: ## Build a release twice, from folders of other names and with an empty build cache, and compare.
	@scripts/reproducible.sh $(VERSION) $(EPOCH)

faults: ## Hold the dependencies against the database of known faults, which needs the network.
	@scripts/known-faults.sh

bench-moving: setup ## Import PRODUCTS products, move them to Postgres and back, compare every entry's bytes.
	OCOPFLOW_PRODUCTS=$(PRODUCTS) $(GO) test -run '^$$' -bench Moving -benchtime 1x -timeout 2h ./internal/app

clean: ## Remove what was built.
	rm -rf bin dist test-output
