# SPDX-License-Identifier: MIT
# Every target stands in `make help`. Rooms and their floors are read from scripts/layers.txt.

VERSION := 0.1.0
CC      := gcc
BUILD   := build
PREFIX  := /usr/local
DESTDIR :=
WERROR  := 0
# 1: show each command.
V       := 0

ROOMS := $(shell awk '!/^\#/ { print $$2 }' scripts/layers.txt)
LIBS  := -lseccomp -ljansson -luring -lbpf -lmd -lm

WARN     := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(filter 1,$(WERROR)),-Werror)
CFLAGS   := -O2 -g
SANITIZE :=
DIALECT  := -std=gnu11 -D_GNU_SOURCE -DSG_VERSION='"$(VERSION)"' -I. -I$(BUILD)/gen
COMPILE   = $(CC) $(DIALECT) $(CPPFLAGS) $(WARN) $(CFLAGS) $(SANITIZE) -MMD -MP
LINK      = $(CC) $(CFLAGS) $(LDFLAGS) $(SANITIZE)

QUIET    := $(if $(filter 1,$(V)),,1)
say       = $(if $(QUIET),@echo '  $(1)';)
# Plain `make` uses every processor; who says -j decides.
JOBS      = $(if $(filter 0,$(MAKELEVEL)),$(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc)))
QUIETLY   = --no-print-directory $(if $(QUIET),-s) $(JOBS)

lib_of   = $(BUILD)/lib/$(subst /,_,$(1)).a
# A room's library holds also its targets/, which only fuzz/ has.
folders  = $(wildcard $(1) $(1)/targets)
objs_of  = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(addsuffix /*.c,$(call folders,$(1)))))
tests_of = $(patsubst %.c,$(BUILD)/%,$(wildcard $(1)/tests/test_*.c))
# A room and those on the floors below it: what its tests link.
below    = $(shell awk -v room=$(1) '!/^\#/ { floor[$$2] = $$1 } \
	END { for (r in floor) if (r == room || floor[r] < floor[room]) print r }' scripts/layers.txt)

# What `make test` needs: everything, or one room's test programs and what its test scripts call.
ROOM  :=
TESTS := $(if $(filter-out scripts,$(ROOM)),,$(BUILD)/secgauge) $(foreach r,$(filter $(or $(ROOM),%),$(ROOMS)),$(call tests_of,$(r)) \
	$(if $(shell grep -ls SECGAUGE $(r)/tests/*.sh),$(BUILD)/secgauge) \
	$(if $(shell grep -ls fuzz/replay $(r)/tests/*.sh),$(BUILD)/fuzz/replay))
EMBED := $(wildcard filters/profiles/*.json filters/hand/*.bpfasm workloads/*.mix harness/report/assets/*)

.PHONY: all help bench compare gate test lint format sanitize install clean setup setup-test
.PHONY: gate-check fuzz-targets fuzz-smoke
.PHONY: FORCE # what depends on it is always looked at
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules

all: setup ## build build/secgauge (installs what is missing first)
	@$(MAKE) $(QUIETLY) $(BUILD)/secgauge

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing to build and run (Debian packages; root or sudo)
	@scripts/setup
setup-test: ## the same, also for test, lint and sanitize
	@scripts/setup --test

bench: all ## the main job: every workload under every generator, on the embedded profile
	$(BUILD)/secgauge bench

compare: setup-test all ## every generator on every profile side by side: figures, proofs, times
	@SECGAUGE=$(BUILD)/secgauge scripts/compare-generators

gate: all ## the project's own gate, against results/baselines; EXACT=1: without times
	@SECGAUGE=$(BUILD)/secgauge scripts/gate $(if $(EXACT),--exact)

test: setup-test ## build, check the layers, run every test; ROOM=filters/cbpf for one room
	@$(if $(strip $(TESTS)),$(MAKE) $(QUIETLY) $(sort $(TESTS)))
	@BUILD=$(BUILD) scripts/run-tests $(ROOM)

lint: setup-test ## formatting, layers, headers that compile alone, cppcheck, shellcheck
	@$(MAKE) $(QUIETLY) $(BUILD)/gen/syscalls.inc
	@scripts/lint $(BUILD)

format: setup-test ## put every C file into the house's format
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs ls -d 2>/dev/null | xargs clang-format -i

sanitize: ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) $(QUIETLY) test BUILD=build/sanitize CFLAGS='-O1 -g -fno-omit-frame-pointer' \
		SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

gate-check: setup-test all ## does the gate cry wolf, and does it see 5%: half an hour, on a machine left alone
	@SECGAUGE=$(BUILD)/secgauge scripts/gate-aa
	@SECGAUGE=$(BUILD)/secgauge scripts/gate-power

fuzz-targets: ## the fuzz targets for libFuzzer (with sanitizers) and AFL++ (scripts/afl runs them)
	@scripts/setup --fuzz
	@$(MAKE) $(QUIETLY) fuzz-engines

fuzz-smoke: fuzz-targets ## each fuzz target for some seconds from its seeds, 90 s at most
	@BUILD=$(BUILD) scripts/fuzz-smoke

install: all ## install the program and its manual page (DESTDIR, PREFIX)
	install -D -m 755 $(BUILD)/secgauge $(DESTDIR)$(PREFIX)/bin/secgauge
	install -D -m 644 harness/secgauge.1 $(DESTDIR)$(PREFIX)/share/man/man1/secgauge.1

clean: ## remove what was built
	rm -rf build

# ---- how things are made

# Files come and go: the list of them is part of what the table depends on.
$(BUILD)/gen/embed.list: FORCE
	@mkdir -p $(@D)
	@echo '$(sort $(EMBED))' | cmp -s - $@ || echo '$(sort $(EMBED))' > $@

$(BUILD)/gen/embedded.c: scripts/embed $(BUILD)/gen/embed.list $(EMBED)
	$(call say,GEN $@)scripts/embed $(EMBED) > $@

$(BUILD)/gen/syscalls.inc: scripts/gen-syscalls filters/abi/syscalls.tsv
	@mkdir -p $(@D)
	$(call say,GEN $@)scripts/gen-syscalls filters/abi/syscalls.tsv > $@

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC $<)$(COMPILE) -c $< -o $@

$(BUILD)/obj/gen/embedded.o: $(BUILD)/gen/embedded.c
	@mkdir -p $(@D)
	$(call say,CC $<)$(COMPILE) -c $< -o $@

$(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard filters/abi/*.c)): $(BUILD)/gen/syscalls.inc

# The room's folders are named too, so that a file that was removed leaves the library.
define room_rules
$(call lib_of,$(1)): $(call folders,$(1)) $(call objs_of,$(1)) $(if $(filter harness/base,$(1)),$(BUILD)/obj/gen/embedded.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$(filter %.o,$$^)

$(call tests_of,$(1)): $(BUILD)/%: $(BUILD)/obj/%.o $(foreach r,$(sort $(call below,$(1))),$(call lib_of,$(r)))
	@mkdir -p $$(@D)
	$$(call say,LINK $$@)$(LINK) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group -lcmocka $(LIBS)
endef
$(foreach r,$(ROOMS),$(eval $(call room_rules,$(r))))

$(BUILD)/secgauge: $(BUILD)/obj/harness/main.o $(foreach r,$(ROOMS),$(call lib_of,$(r)))
	$(call say,LINK $@)$(LINK) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)

include $(wildcard scripts/fuzz.mk)

.DELETE_ON_ERROR:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
