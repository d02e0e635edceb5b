# SPDX-License-Identifier: MIT
# Every target stands in `make help`. Rooms and their floors are read from scripts/layers.txt.

VERSION := 0.1.0
CC      := gcc
BUILD   := build
PREFIX  := /usr/local
DESTDIR :=
WERROR  := 0

ROOMS := $(shell awk '!/^\#/ { print $$2 }' scripts/layers.txt)
LIBS  := -lseccomp -ljansson -luring -lmd -lm

WARN     := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(filter 1,$(WERROR)),-Werror)
CFLAGS   := -O2 -g
SANITIZE :=
CPPFLAGS += -std=gnu11 -D_GNU_SOURCE -DSG_VERSION='"$(VERSION)"' -I. -I$(BUILD)/gen
ALL_CFLAGS = $(CPPFLAGS) $(WARN) $(CFLAGS) $(SANITIZE) -MMD -MP

lib_of   = $(BUILD)/lib/$(subst /,_,$(1)).a
objs_of  = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)/*.c))
tests_of = $(patsubst %.c,$(BUILD)/%,$(wildcard $(1)/tests/test_*.c))
# A room, and the rooms before it in scripts/layers.txt, the way the linker wants them.
upto     = $(shell awk '!/^\#/ { print $$2 } $$2 == "$(1)" { exit }' scripts/layers.txt)

TESTS := $(foreach r,$(ROOMS),$(call tests_of,$(r)))
EMBED := $(wildcard filters/profiles/*.json filters/hand/*.bpfasm workloads/*.mix)

.PHONY: all help bench test test-c lint format sanitize install clean setup setup-test
.DEFAULT_GOAL := all

all: setup ## build $(BUILD)/secgauge (installs what is missing first)
	@$(MAKE) --no-print-directory $(BUILD)/secgauge

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup:
	@scripts/setup
setup-test:
	@scripts/setup --test

bench: all ## the main job: every workload under every generator, on the embedded profile
	$(BUILD)/secgauge bench

test: setup-test ## build, check the layers, run every test; ROOM=filters/cbpf for one room
	@$(MAKE) --no-print-directory $(BUILD)/secgauge $(if $(ROOM),$(call tests_of,$(ROOM)),$(TESTS))
	@BUILD=$(BUILD) scripts/run-tests $(ROOM)

lint: setup-test ## formatting, layers, headers that compile alone, cppcheck, shellcheck
	@$(MAKE) --no-print-directory $(BUILD)/gen/syscalls.inc
	@scripts/lint $(BUILD)

format: setup-test ## put every C file into the house's format
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format -i

sanitize: ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory test BUILD=build/sanitize CFLAGS='-O1 -g -fno-omit-frame-pointer' \
		SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined'

install: all ## install the program and its manual page (DESTDIR, PREFIX)
	install -D -m 755 $(BUILD)/secgauge $(DESTDIR)$(PREFIX)/bin/secgauge
	install -D -m 644 harness/secgauge.1 $(DESTDIR)$(PREFIX)/share/man/man1/secgauge.1

clean: ## remove what was built
	rm -rf build

# ---- how things are made

$(BUILD)/gen/embedded.c: scripts/embed $(EMBED)
	@mkdir -p $(@D)
	scripts/embed $(sort $(EMBED)) > $@

$(BUILD)/gen/syscalls.inc: scripts/gen-syscalls filters/abi/syscalls.tsv
	@mkdir -p $(@D)
	scripts/gen-syscalls filters/abi/syscalls.tsv > $@

# Files come and go: the list of embedded ones is part of what the table depends on.
ifneq ($(sort $(EMBED)),$(shell cat $(BUILD)/gen/embed.list 2>/dev/null))
$(shell mkdir -p $(BUILD)/gen; echo '$(sort $(EMBED))' > $(BUILD)/gen/embed.list; rm -f $(BUILD)/gen/embedded.c)
endif

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

$(BUILD)/obj/gen/embedded.o: $(BUILD)/gen/embedded.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

$(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard filters/abi/*.c)): $(BUILD)/gen/syscalls.inc

define room_rules
$(call lib_of,$(1)): $(call objs_of,$(1)) $(if $(filter harness/base,$(1)),$(BUILD)/obj/gen/embedded.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^

$(call tests_of,$(1)): $(BUILD)/%: $(BUILD)/obj/%.o $(foreach r,$(call upto,$(1)),$(call lib_of,$(r)))
	@mkdir -p $$(@D)
	$(CC) $(CFLAGS) $(SANITIZE) -o $$@ $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group -lcmocka $(LIBS)
endef
$(foreach r,$(ROOMS),$(eval $(call room_rules,$(r))))

$(BUILD)/secgauge: $(BUILD)/obj/harness/main.o $(foreach r,$(ROOMS),$(call lib_of,$(r)))
	$(CC) $(CFLAGS) $(SANITIZE) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)

.SECONDARY:
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
