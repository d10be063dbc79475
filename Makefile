# Each target only calls a command that can be typed by hand.
.PHONY: help demo test check fast e2e assets format release

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## a throw-away node on http://localhost:8080
	go run ./cmd/fourfold demo

test: ## the tests; what is missing on this machine is skipped with a line
	go test ./...

check: ## everything, nothing skipped (installs what is missing when root on Debian)
	.ci/run

fast: ## vet, format, static checks and tests, without servers or browser
	.ci/run fast

e2e: ## the browser tests; pictures in e2e/artefacts
	cd e2e && go test ./...

assets: ## compare the vendored browser files with their lock
	cd tools/assets && go run . -check

format: ## format the Go sources as the check wants them
	go run mvdan.cc/gofumpt@v0.12.0 -l -w .

release: ## every target into dist/, with checksums
	cd tools/release && go run .
