.PHONY: help run build generate fmt test lint mutants bench quality torture screenshots showcase clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

run: ## start the shop with nothing configured
	go run .

build: ## build ./tuckshop
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o tuckshop .

generate: ## make the Go code of the templ files anew
	go tool templ generate

fmt: ## format
	gofmt -w $$(git ls-files '*.go')
	go tool templ fmt views

test: ## run every test, on both databases and in Chromium
	.ci/test

lint: ## run the linters alone
	.ci/lint

mutants: ## take away what keeps the money right, and see a test fail for each
	.ci/postgres run go run ./.ci/mutants

bench: ## measure pages and webhooks against bare servers
	.ci/install bench
	.ci/postgres --durable run go run ./internal/bench

quality: ## judge pages with Lighthouse, the Nu validator and schema.org's types, and weigh them
	.ci/install quality
	go test -count=1 -v -run 'TestWeights|TestJSONLD' ./handlers
	go run ./internal/quality -runs 5

torture: ## ten minutes of kills and faults on each database, then compare the books
	go run ./internal/torture -minutes 10 -database sqlite
	.ci/postgres --durable run go run ./internal/torture -minutes 10 -database postgres -own-server

screenshots: ## take pictures of every page into ./screenshots
	.ci/install
	rm -rf screenshots
	SCREENSHOTS=$(CURDIR)/screenshots go test -count=1 -run TestEveryPage ./handlers

showcase: ## take the pictures of the README anew
	.ci/install
	go test -count=1 -tags showcase -run TestShowcase ./handlers

clean: ## delete what was built
	rm -f tuckshop
