#!/bin/sh
# terminal.sh: warnings about the expression are for terminals: shown when standard error
# is one, whatever standard output is, and with -v; errors always.
# In: the build ($builddir).  Out: TAP.  Takes script(1) for a terminal.

build=$(cd "${builddir:-.}" && pwd)
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
LC_ALL=C
PATH=$build:$PATH
export LC_ALL PATH tmp
if ! script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	echo "1..0 # SKIP this needs script(1) of util-linux, and a terminal"
	exit 77
fi
count=0
failed=0

# on_terminal WHAT LINES COMMAND: with a terminal for standard error the command writes so
# many lines there, but for what -d assumes.
on_terminal() {
	count=$((count + 1))
	timeout 20 script -qec "$3 >$tmp/out" /dev/null </dev/null 2>&1 |
		tr -d '\r' | grep -av '^Warning: assuming Ethernet$' >"$tmp/err"
	judge "$1" "$2"
}

off_terminal() {
	count=$((count + 1))
	sh -c "$3 >$tmp/out" 2>&1 </dev/null | grep -av '^Warning: assuming Ethernet$' >"$tmp/err"
	judge "$1" "$2"
}

judge() {
	if [ "$(wc -l <"$tmp/err")" -eq "$2" ]; then
		echo "ok $count - $1"
		return
	fi
	echo "not ok $count - $1"
	sed 's/^/#  /' "$tmp/err"
	failed=$((failed + 1))
}

on_terminal "terminal: a warning and the place" 3 "bpfcap -d 'ip or arp and tcp'"
on_terminal "terminal: always" 3 "bpfcap -d 'tcp or not tcp'"
on_terminal "terminal: never, as a warning" 3 "bpfcap -d 'ip[0] = 300'"
on_terminal "terminal: an error" 3 "bpfcap -d 'ip and ip6'"
on_terminal "terminal: nothing to say" 0 "bpfcap -d 'ip and tcp'"
off_terminal "no terminal: silence" 0 "bpfcap -d 'ip or arp and tcp'"
off_terminal "no terminal: always, silence" 0 "bpfcap -d 'tcp or not tcp'"
off_terminal "no terminal, -v: a warning" 3 "bpfcap -dv 'ip or arp and tcp'"
off_terminal "no terminal: an error" 3 "bpfcap -d 'ip and ip6'"
off_terminal "no terminal: only the error" 3 "bpfcap -d 'ip or arp and tcp and ip6 and arp'"
echo "1..$count"
[ "$failed" -eq 0 ] || echo "# $failed of $count failed"
exit $((failed > 0))
