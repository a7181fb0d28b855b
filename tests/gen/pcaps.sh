#!/bin/sh
# Regenerates the captures and compares them, byte by byte, with those in pcaps/.
# `pcaps.sh --update` writes them there instead.
set -u
: "${srcdir:=.}" "${builddir:=.}"
if [ "${1-}" = --update ]; then
	exec "$builddir/tests/gen/gen_pcaps" "$srcdir/pcaps"
fi
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
"$builddir/tests/gen/gen_pcaps" "$tmp" || exit 1
bad=0
for f in "$tmp"/*.pcap; do
	if ! cmp "$f" "$srcdir/pcaps/${f##*/}"; then
		bad=1
	fi
	if [ "$(wc -c <"$f")" -gt 102400 ]; then
		echo "${f##*/}: larger than 100 KB" >&2
		bad=1
	fi
done
[ "$bad" = 0 ] || echo "tests/gen/pcaps.sh --update writes them anew" >&2
exit "$bad"
