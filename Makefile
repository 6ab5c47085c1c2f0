# ocopflow. `make help` lists what can be made.

GO := $(shell command -v go 2>/dev/null || echo /usr/local/go/bin/go)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FLAGS := -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
KILLS ?= 50
FUZZTIME ?= 1m
# The race detector looks at Go. SQLite is C put into Go: its memory is its own, and
# watching each of its reads made the tests on it several times slower.
RACE := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false
ENTRIES ?= 100000
PRODUCTS ?= 100000

.DEFAULT_GOAL := help
.PHONY: help run build test check story chaos bench-ledger bench-growth bench-list bench-sheets guides fuzz release clean setup

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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

chaos: setup ## Kill the server KILLS times during a stream of moves, on both databases.
	OCOPFLOW_KILLS=$(KILLS) $(GO) test -count=1 -timeout 60m -v -run TestKillLoop ./internal/app

bench-ledger: setup ## Fill a ledger with ENTRIES entries; measure verification and proofs on both databases.
	OCOPFLOW_ENTRIES=$(ENTRIES) $(GO) test -run '^$$' -bench Ledger -benchtime 1x -timeout 3h ./internal/app

bench-growth: setup ## Fill a ledger with ENTRIES entries; measure moves, pages, start, memory and disk.
	OCOPFLOW_ENTRIES=$(ENTRIES) $(GO) test -run '^$$' -bench Growth -benchtime 1x -timeout 3h ./internal/bench

bench-list: setup ## Fill in PRODUCTS products; measure the first page of their list on both databases.
	OCOPFLOW_PRODUCTS=$(PRODUCTS) $(GO) test -run '^$$' -bench ProductList -benchtime 60x -timeout 1h ./internal/app

bench-sheets: setup ## Import 500 and 5,000 products from a workbook, export PRODUCTS; on both databases.
	OCOPFLOW_PRODUCTS=$(PRODUCTS) $(GO) test -run '^$$' -bench 'Import|Export' -benchtime 1x -timeout 1h ./internal/app

guides: setup ## Make the pictures of docs/guides anew, in a real browser.
	$(GO) test -count=1 -run 'TestEverybodysDay/vi$$' ./internal/browser -args -update-guides

fuzz: ## Fuzz each parser for FUZZTIME.
	$(GO) test -run '^$$' -fuzz FuzzLoad -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/workflow
	$(GO) test -run '^$$' -fuzz FuzzParse -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/campaign
	$(GO) test -run '^$$' -fuzz FuzzCheckProof -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/ledger
	$(GO) test -run '^$$' -fuzz FuzzParseDays -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/calendar
	$(GO) test -run '^$$' -fuzz FuzzParse -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/paper
	$(GO) test -run '^$$' -fuzz FuzzRead -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/workbook
	$(GO) test -run '^$$' -fuzz FuzzCheck -fuzztime $(FUZZTIME) -fuzzminimizetime 10x ./internal/backup

release: ## Binaries for linux, windows and macOS, amd64 and arm64, in dist/.
	@mkdir -p dist
	@for os in linux windows darwin; do for arch in amd64 arm64; do \
		name=dist/ocopflow-$$os-$$arch; [ $$os = windows ] && name=$$name.exe; \
		echo $$name; CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build $(FLAGS) -o $$name ./cmd/ocopflow || exit 1; \
	done; done
	cd dist && $(GO) version -m ocopflow-linux-amd64 > ocopflow.modules.txt && cp -r ../packaging ../docs/operations.md ../LICENSE . && sha256sum ocopflow-* ocopflow.modules.txt > SHA256SUMS

clean: ## Remove what was built.
	rm -rf bin dist test-output
