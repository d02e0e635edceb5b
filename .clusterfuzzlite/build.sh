#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds every fuzz target into $OUT with the engine and the sanitizer that the environment names
# (CC, CFLAGS, LIB_FUZZING_ENGINE), its seeds and the dictionary beside it. Run from the
# repository's root, where ClusterFuzzLite runs it too.
set -euo pipefail
: "${CC:?}" "${CFLAGS?}" "${LIB_FUZZING_ENGINE:?}" "${OUT:?}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bpf=$(pkg-config --static --libs-only-l libbpf | sed 's/-l\([^ ]*\)/-l:lib\1.a/g')
libs="-l:libseccomp.a -l:libjansson.a $bpf -l:libmd.a -lm"

make -s -j"$(nproc)" "$work/fuzz/corpus" BUILD="$work"
make -s -j"$(nproc)" fuzz-libfuzzer BUILD="$work/engine" CC="$CC" CFLAGS="$CFLAGS" SANITIZE= \
	FUZZ_ENGINE="$LIB_FUZZING_ENGINE" FUZZ_LIBS="$libs"
for target in $("$work/fuzz/replay" | cut -d ' ' -f 1); do
	cp "$work/engine/fuzz/$target" "$OUT/$target"
	cp "$work/gen/fuzz.dict" "$OUT/$target.dict"
	zip -q -j "$OUT/${target}_seed_corpus.zip" "$work/fuzz/corpus/$target"/*
	printf '[libfuzzer]\nmax_len = 4096\n' >"$OUT/$target.options"
done
