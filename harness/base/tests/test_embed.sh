#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/embed keeps every byte, sorts by path, and refuses what is no file.
set -uo pipefail
repo=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >log 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/  /' log
	fi
}
# Writes the embedded files again, below out/.
embed() {
	rm -rf out && mkdir out
	"$repo/scripts/embed" "$@" >table.c || return 1
	cat >unpack.c <<-'C'
		#include <stdio.h>
		#include "harness/base/embed.h"
		int main(void)
		{
			for (size_t i = 0; i < sg_embedded_count; i++) {
				const struct sg_embedded *f = &sg_embedded_files[i];
				char path[99];
				snprintf(path, sizeof(path), "out/%s", f->path);
				FILE *out = fopen(path, "w");
				if (!out || fwrite(f->data, 1, f->len, out) != f->len || f->data[f->len])
					return 1;
				fclose(out);
				puts(f->path);
			}
			return sg_embedded_files[sg_embedded_count].path != NULL;
		}
	C
	"${CC:-gcc}" -Wall -Wextra -Werror -I"$repo" table.c unpack.c -o unpack && ./unpack >paths
}
prints_paths() { printf '%s\n' "$@" | cmp - paths; }
refuses() { ! "$repo/scripts/embed" "$@" >/dev/null; }

for ((i = 0; i < 256; i++)); do printf %b "\\x$(printf %02x "$i")"; done >all-bytes
yes 'the same line again, as od would leave out' | head -n 1000 >lines
: >empty
printf 'no newline, "quotes", \\ and ??/' >B

check 'a table of four files compiles' embed lines all-bytes empty B
check 'the paths are sorted by byte' prints_paths B all-bytes empty lines
for file in all-bytes lines empty B; do check "$file comes back" cmp "$file" "out/$file"; done
check 'a table of no file compiles' embed
check 'it is empty' test ! -s paths
check 'a missing file is refused' refuses B absent
