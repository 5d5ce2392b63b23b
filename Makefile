# Thin on purpose: every recipe is one command or one script. `make help` lists the targets.

SHELL := /bin/bash
PREFIX ?= $(or $(prefix),/usr/local)
WITH_SWIFT := scripts/with-swift.sh
# Swift's libraries go into the program, so that it runs where Swift is not installed.
STANDALONE := --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --strip-all
SOURCES := Package.swift Sources Tests
# For `puppet --version`. This folder's own repository alone: an unpacked archive may lie within somebody else's.
COMMIT = $(shell git --git-dir=.git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null)

# Files that Sources/CAssets/assets.c lays into the program with .incbin, which the package manager does not look into.
ASSETS := $(wildcard Models/*.safetensors Assets/*.png Assets/*.ttf)

# What `make install` installs, and where.
BUILT ?= .build/release/puppet
INTO = $(DESTDIR)$(PREFIX)

export FILTER FRAMES YES

.PHONY: help setup demo test build build-tests lint format pages docs install uninstall deb clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 \t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

setup: ## Install what is missing: packages through apt, Swift through swiftly (YES=1: do not ask)
	@scripts/setup.sh

demo: build ## Set up, build, and show a portrait move (FRAMES=150: length of the video without a display)
	@scripts/demo.sh

test: setup Sources/CAssets/assets.c ## Set up, build and run the tests (FILTER=regex: only those)
	@scripts/test.sh

build: setup Sources/CAssets/assets.c ## Set up and build .build/release/puppet
	@PUPPET_COMMIT=$(COMMIT) $(WITH_SWIFT) swift build --configuration release --product puppet $(STANDALONE)

build-tests: setup Sources/CAssets/assets.c
	@scripts/test.sh --build-only

lint: ## Check how the sources are formatted, and the scripts (with shellcheck, where it is installed)
	@$(WITH_SWIFT) swift format lint --strict --recursive $(SOURCES)
	@scripts/lint-scripts.sh

format: ## Format the sources
	@$(WITH_SWIFT) swift format --in-place --recursive $(SOURCES)

pages: build ## Write the pages of docs/reference anew, from the program itself
	@.build/release/puppet reference docs/reference

docs: build-tests ## Write the libraries' documentation into .build-docs
	@$(WITH_SWIFT) scripts/docs.sh

install: ## Install what was built, with its manual, completions, desktop entry and user unit (PREFIX=/usr/local, DESTDIR=)
	@test -x $(BUILT) || { echo "error: nothing built yet: 'make build' first" >&2; exit 1; }
	install -D -m 755 $(BUILT) "$(INTO)/bin/puppet"
	$(BUILT) reference --share "$(INTO)/share"
	install -D -m 644 packaging/puppet.desktop "$(INTO)/share/applications/puppet.desktop"
	install -D -m 644 packaging/puppet.metainfo.xml "$(INTO)/share/metainfo/local.puppet.Puppet.metainfo.xml"
	install -D -m 644 Assets/portrait.png "$(INTO)/share/icons/hicolor/512x512/apps/puppet.png"
	install -d "$(INTO)/lib/systemd/user"
	sed 's|@PREFIX@|$(PREFIX)|' packaging/puppet.service.in > "$(INTO)/lib/systemd/user/puppet.service"

uninstall: ## Remove what `make install` with the same PREFIX put there
	rm -f "$(INTO)"/bin/puppet "$(INTO)"/share/man/man1/puppet.1 "$(INTO)"/share/man/man1/puppet-*.1
	rm -f "$(INTO)"/share/man/man7/puppet-keys.7 "$(INTO)"/share/bash-completion/completions/puppet
	rm -f "$(INTO)"/share/zsh/site-functions/_puppet "$(INTO)"/share/fish/vendor_completions.d/puppet.fish
	rm -f "$(INTO)"/share/applications/puppet.desktop "$(INTO)"/share/icons/hicolor/512x512/apps/puppet.png
	rm -f "$(INTO)"/share/metainfo/local.puppet.Puppet.metainfo.xml "$(INTO)"/lib/systemd/user/puppet.service
	rm -rf "$(INTO)"/share/doc/puppet
	@# Folders that are empty now, but those that a prefix has anyway.
	-@cd "$(INTO)" && rmdir --ignore-fail-on-non-empty share/man/man[17] share/applications share/metainfo share/doc \
		share/{bash-completion{/completions,},zsh{/site-functions,},fish{/vendor_completions.d,}} \
		share/icons{/hicolor{/512x512{/apps,},},} lib/systemd{/user,} 2>/dev/null || true

deb: build ## Build a Debian package beside this folder (dpkg-dev, debhelper)
	dpkg-buildpackage --build=binary --no-sign --no-check-builddeps

clean: ## Remove what was built and what the demo wrote
	rm -rf .build .build-tests .build-tsan .build-fuzz demo.y4m demo.mp4 demo.png

# Touched, so that a replaced model, portrait or font is built in again.
Sources/CAssets/assets.c: $(ASSETS)
	@touch $@
