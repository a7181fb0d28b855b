#!/bin/sh
# libfuzzer.sh: the targets over text under libFuzzer, from the seeds that are in the tree.
# In: $builddir with the programs (a build by clang has them), FUZZ_TOTAL seconds for all
# of them (default 20).  Out: how many inputs were tried; an input that fails is kept in
# $builddir/tests/fuzz, and its name said.
srcdir=${srcdir:-.}
builddir=${builddir:-.}
dir=$builddir/tests/fuzz
targets='expr lexer parser'
total=${FUZZ_TOTAL:-20}

for t in $targets; do
	if ! [ -x "$dir/libfuzzer_$t" ]; then
		echo "skipped: built without libFuzzer (configure with CC=clang)"
		exit 77
	fi
done
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/seeds"
srcdir=$srcdir "$dir/expr" --split "$work/seeds" || exit 99
sed -n 's/^X("\([^"]*\)".*/"\1"/p' "$srcdir/filter/keyword.def" >"$work/words"

# leaks are looked for at the end; the text of an error shows where
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=1"
status=0
for t in $targets; do
	seconds=$((total / 5))
	[ "$t" != expr ] || seconds=$((total * 3 / 5))
	mkdir "$work/$t"
	if "$dir/libfuzzer_$t" -dict="$work/words" -max_len=2000 -timeout=30 \
		-max_total_time="$seconds" -print_final_stats=1 \
		-artifact_prefix="$dir/failed-$t-" "$work/$t" "$work/seeds" \
		>"$work/log" 2>&1; then
		echo "$t: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")" \
			"inputs tried, seeds and mutations; limit $seconds s"
	else
		tail -n 60 "$work/log"
		echo "$t: failed; the input is in $dir/failed-$t-*"
		status=1
	fi
done
exit $status
