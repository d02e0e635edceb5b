# SPDX-License-Identifier: MIT
# The fuzz targets of fuzz/targets/registry.inc under each driver; part of the Makefile. An engine
# wants everything compiled its own way: it has a build folder of its own.
#   BUILD/fuzz/replay            every target, for files, compiled like all the rest
#   BUILD/libfuzzer/fuzz/TARGET  with AddressSanitizer and UndefinedBehaviorSanitizer
#   BUILD/afl/fuzz/TARGET        and TARGET.so, its mutator
#   BUILD/gen/fuzz.dict          the dictionary; BUILD/fuzz/corpus/TARGET the seeds

FUZZ_DRIVERS := fuzz/targets/drivers
# diff:diff mix:none ...
FUZZ_ROWS    := $(shell awk -F '[(),] *' '/^TARGET/ { print $$2 ":" $$3 }' fuzz/targets/registry.inc)
fuzz_name     = $(firstword $(subst :, ,$(1)))
fuzz_mutator  = $(filter-out none,$(lastword $(subst :, ,$(1))))
fuzz_defines  = -DFUZZ_TARGET=$(fuzz_name) $(addprefix -DFUZZ_MUTATOR=,$(fuzz_mutator))

# What targets link: rooms, and of larger ones what is called. Little, since each engine compiles it.
FUZZ_ROOMS   := harness/base filters/abi filters/cbpf filters/policy filters/prove filters/gen \
	harness/kernel harness/oracle
FUZZ_FILES   := $(wildcard fuzz/targets/*.c) $(shell grep -l fuzz/tuples_private.h fuzz/*.c) fuzz/values.c \
	workloads/mix.c $(wildcard harness/run/saved*.c) harness/run/result.c
FUZZ_PARTS    = $(BUILD)/lib/fuzz-targets.a $(foreach r,$(FUZZ_ROOMS),$(call lib_of,$(r)))
FUZZ_LIBS    := -lseccomp -ljansson -lbpf -lmd -lm
fuzz_link     = $(LINK) $(1) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(FUZZ_LIBS)

# How an engine compiles and links; ClusterFuzzLite sets the first three.
FUZZ_CC      := clang
FUZZ_CFLAGS  := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=undefined \
	-fsanitize=fuzzer-no-link,address,undefined
FUZZ_SPARE   := -fsanitize-coverage-ignorelist=fuzz/targets/uncovered.txt
FUZZ_ENGINE  := -fsanitize=fuzzer
FUZZ_AFL_CC  := afl-clang-fast
# A mutator is loaded by afl-fuzz: it brings along the little that it needs.
FUZZ_MUTATOR_SOURCES := $(FUZZ_DRIVERS)/afl_mutator.c $(wildcard fuzz/targets/mutate*.c) \
	fuzz/targets/json_scan.c $(wildcard filters/abi/*.c) \
	$(addprefix harness/base/,alloc.c buf.c error.c rng.c)

.PHONY: fuzz-engines fuzz-libfuzzer fuzz-afl
fuzz-engines: $(BUILD)/fuzz/corpus
	@$(MAKE) $(QUIETLY) fuzz-libfuzzer BUILD=$(BUILD)/libfuzzer CC='$(FUZZ_CC)' \
		CFLAGS='$(FUZZ_CFLAGS) $(FUZZ_SPARE)' SANITIZE=
	@AFL_QUIET=1 $(MAKE) $(QUIETLY) fuzz-afl BUILD=$(BUILD)/afl CC='$(FUZZ_AFL_CC)' SANITIZE=
fuzz-libfuzzer: $(foreach r,$(FUZZ_ROWS),$(BUILD)/fuzz/$(call fuzz_name,$(r)))
fuzz-afl: $(foreach r,$(FUZZ_ROWS),$(BUILD)/fuzz/$(call fuzz_name,$(r)).afl \
	$(if $(call fuzz_mutator,$(r)),$(BUILD)/fuzz/$(call fuzz_name,$(r)).so))

$(BUILD)/lib/fuzz-targets.a: scripts/fuzz.mk fuzz fuzz/targets $(patsubst %.c,$(BUILD)/obj/%.o,$(FUZZ_FILES))
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $(filter %.o,$^)

define fuzz_rules
$(BUILD)/obj/$(FUZZ_DRIVERS)/$(fuzz_name).%.o: $(FUZZ_DRIVERS)/%.c
	@mkdir -p $$(@D)
	$$(call say,CC $$< for $(fuzz_name))$$(COMPILE) $(fuzz_defines) -c $$< -o $$@

$(BUILD)/fuzz/$(fuzz_name): $(BUILD)/obj/$(FUZZ_DRIVERS)/$(fuzz_name).libfuzzer.o $(FUZZ_PARTS)
	@mkdir -p $$(@D)
	$$(call say,LINK $$@)$$(call fuzz_link,$$(FUZZ_ENGINE))

$(BUILD)/fuzz/$(fuzz_name).afl: $(BUILD)/obj/$(FUZZ_DRIVERS)/$(fuzz_name).afl.o $(FUZZ_PARTS)
	@mkdir -p $$(@D)
	$$(call say,LINK $$@)$$(call fuzz_link)

$(BUILD)/fuzz/$(fuzz_name).so: $(FUZZ_MUTATOR_SOURCES) $(BUILD)/gen/syscalls.inc
	@mkdir -p $$(@D)
	$$(call say,CC $$@)gcc $$(DIALECT) $$(WARN) -O2 -shared -fPIC $(fuzz_defines) -o $$@ $(FUZZ_MUTATOR_SOURCES)
endef
$(foreach r,$(FUZZ_ROWS),$(eval $(call fuzz_rules,$(r))))

$(BUILD)/fuzz/replay: $(BUILD)/obj/$(FUZZ_DRIVERS)/replay.o $(FUZZ_PARTS)
	@mkdir -p $(@D)
	$(call say,LINK $@)$(call fuzz_link)

$(BUILD)/gen/fuzz.dict: scripts/fuzz-dictionary filters/abi/syscalls.tsv filters/abi/arches.inc \
	filters/policy/words.c filters/cbpf/asm_ops.c $(wildcard harness/run/saved*.c)
	@mkdir -p $(@D)
	$(call say,GEN $@)scripts/fuzz-dictionary > $@

$(BUILD)/fuzz/corpus: $(BUILD)/fuzz/replay $(BUILD)/gen/fuzz.dict scripts/fuzz-corpus FORCE
	@BUILD=$(BUILD) scripts/fuzz-corpus $@
