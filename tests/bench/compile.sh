#!/bin/sh
# compile.sh: compile time, memory and program length, bpfcap against libpcap, in one run.
# In: the build directory ($builddir, default .), with `make tests/bench/compile` done.
# Out: a table; times are CPU time of the process.  `exp` is log10 of the time over that
# for a tenth of the entries: 1 is linear.  Exit status 1: a limit of ours is missed.
# Behind them lists of which there is something to say (compile.c has them), ours only.
# LIMIT: seconds that one compile of libpcap's may take (default 60); once it took longer,
# its longer lists are left out.

program=${builddir:-.}/tests/bench/compile
[ -x "$program" ] || { echo "compile.sh: make tests/bench/compile first" >&2; exit 77; }
limit=${LIMIT:-60}

# list entries | ours, at most: ms, MiB
limits='host1000 20 500
port1000 20 500
net1000 20 500
host10000 100 500
host100000 1000 500
net100000 1000 500
file100000 1000 500
silent50000 500 500
never50000 500 500
atonce50000 500 500
always50000 500 500
mixed25000 5000 1500'

measure() {
	for kind in host port net file; do
		theirs_too=$kind
		for n in 10 100 1000 10000 100000; do
			[ "$kind$n" != port100000 ] || n=65536
			ours=$("$program" bpfcap $kind $n)
			theirs=
			if [ "$theirs_too" ] && [ $kind != file ]; then
				theirs=$(timeout "$limit" "$program" libpcap $kind $n 2>/dev/null)
				[ "$theirs" ] || { theirs_too=''; theirs='> - - -'; }
			fi
			echo "$kind $n ${ours:-- - - -} ${theirs:-- - - -}"
		done
	done
	# a mebibyte, or so
	for list in 'silent 50000' 'never 50000' 'atonce 50000' 'always 50000' 'mixed 25000'; do
		kind=${list% *}
		for n in 1000 10000 "${list#* }"; do
			ours=$("$program" bpfcap "$kind" "$n")
			echo "$kind $n ${ours:-- - - -} - - - -"
		done
	done
}

printf '%-6s %6s | %9s %5s %6s %7s %8s | %10s %6s %7s | %8s %7s\n' list number 'bpfcap ms' \
	exp MiB insns 'code ms' 'libpcap ms' MiB insns faster shorter
measure | awk -v limit="$limit" -v limits="$limits" '
BEGIN {
	n = split(limits, w, /[ \n]+/)
	for (i = 1; i < n; i += 3) { ms[w[i]] = w[i + 1]; mib[w[i]] = w[i + 2] }
}
$3 == "-" {
	print $1, $2 ": it does not compile, or says something else"; bad = 1
	next
}
{
	exponent = "-"
	if ($1 == last && before > 0)
		exponent = sprintf("%.2f", log($3 / before) / log($2 / entries))
	last = $1; before = $3; entries = $2
	theirs = "-"; memory = "-"; code = "-"; faster = "-"; shorter = "-"
	if ($7 == ">")
		theirs = "> " limit " s"
	else if ($7 != "-") {
		theirs = sprintf("%.2f", $7 / 1e3); memory = sprintf("%.0f", $8 / 1024)
		code = $9; faster = sprintf("%.1f", $7 / $3); shorter = sprintf("%.2f", $9 / $5)
	}
	printf "%-6s %6d | %9.2f %5s %6.0f %7d %8.2f | %10s %6s %7s | %8s %7s\n", $1, $2, \
		$3 / 1e3, exponent, $4 / 1024, $5, $6 / 1e3, theirs, memory, code, faster, shorter
	key = $1 $2
	if ((key in ms) && ($3 / 1e3 > ms[key] || $4 / 1024 > mib[key])) {
		print "  ^ over the limit of " ms[key] " ms and " mib[key] " MiB"; bad = 1
	}
	if ($2 >= 10000 && exponent > 1.3) { print "  ^ not near-linear"; bad = 1 }
}
END { exit bad }'
