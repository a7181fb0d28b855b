#!/bin/sh
# emit.sh: the forms of --emit beyond their goldens: digraphs are what Graphviz reads, and
# the forms of classic BPF are those of -d, -dd and -ddd.
# In: the build ($builddir, default .) and the source tree ($srcdir).  Out: TAP.

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${builddir:-.}" && pwd)
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
bpfcap=$build/bpfcap
[ -x "$bpfcap" ] || { echo "emit.sh: $bpfcap is not built" >&2; exit 99; }
LC_ALL=C
export LC_ALL
count=0
failed=0

# verdict WHAT: well when $tmp/wrong is empty; else each line of it is a fault.
verdict() {
	count=$((count + 1))
	if [ ! -s "$tmp/wrong" ]; then
		printf 'ok %s - %s\n' "$count" "$1"
		return
	fi
	printf 'not ok %s - %s\n' "$count" "$1"
	sed 's/^/#  /' "$tmp/wrong"
	failed=$((failed + 1))
	: >"$tmp/wrong"
}

skip() {
	count=$((count + 1))
	printf 'ok %s - %s # SKIP %s\n' "$count" "$1" "$2"
}

# Expressions with all that a label may hold: link type | expression.
expressions() {
	cat <<'END'
EN10MB | tcp port 80
EN10MB | ether proto \arp or ip proto \icmp
EN10MB | not (ip or ip6)
EN10MB | len >= 0
EN10MB | host 10.0.0.1 or net 192.168.0.0/16 or host 2001:db8::1
EN10MB | geneve 7 and (ip or ip6) and udp
EN10MB | ip[2:2] - ((ip[0] & 0xf) << 2) != 0 and ip[8] / ip[9] > 3
EN10MB | vlan 7 and tcp[tcpflags] & (tcp-syn|tcp-fin) != 0
EN10MB | protochain 6
IEEE802_11 | type mgt subtype beacon or ip
LINUX_SLL2 | inbound and ifindex 3
PFLOG | ifname a or on eth0
END
	seq 1 3 2000 | awk '{ printf "%sport %d", (NR > 1 ? " or " : "RAW | "), $1 }
		END { print "" }'
	seq 1 300 | awk '{ printf "%shost 10.%d.%d.%d", (NR > 1 ? " or " : "EN10MB | "),
		$1 % 7, $1 * 37 % 256, $1 % 251 } END { print "" }'
}

# What a digraph may hold, line by line; each target is a node, each node has a way on,
# but for the leaves.
# shellcheck disable=SC2016  # awk's
check_digraph='
function bad(what) { print "line " FNR ": " what ": " substr($0, 1, 100) }
/^digraph "[a-z]+" [{]$/ { if (inside) bad("nested"); inside = 1; delete node; delete from; delete to; next }
!inside { bad("outside"); next }
/^}$/ {
	for (n in to) if (!(n in node)) bad("no node " n)
	for (n in node) if (n ~ /^n/ && !(n in from)) bad("no way on from " n)
	inside = 0; graphs++; next
}
/^\tlabel="[^"]*";$/ || /^\tnode \[shape=box\];$/ { next }
/^\t(n[0-9]+) \[label="[^"]*"(, style=rounded)?\];$/ || /^\t(accept|reject) \[shape=oval\];$/ {
	if ($1 in node) bad("twice"); node[$1] = 1; next
}
/^\tn[0-9]+ -> (n[0-9]+|accept|reject)( \[label="[^"]*"(, style=dashed)?\])?;$/ {
	t = $3; sub(/;$/, "", t); from[$1] = 1; to[t] = 1; next
}
{ bad("not understood") }
END { if (inside) print "unfinished"; if (!graphs) print "no graph" }'

expressions >"$tmp/expressions"
: >"$tmp/wrong"
n=0
while IFS= read -r row; do
	link=${row%%" | "*}
	expr=${row#*" | "}
	for options in '' -v -O '--opt-passes none'; do
		n=$((n + 1))
		# shellcheck disable=SC2086  # a list
		"$bpfcap" -y "$link" --emit dot $options -- "$expr" >"$tmp/$n.dot" 2>"$tmp/err" ||
			echo "$link: $expr: $options: $(head -n 1 "$tmp/err")" >>"$tmp/wrong"
	done
done <"$tmp/expressions"
verdict "$n expressions are printed"

for dot in "$tmp"/*.dot "$here"/golden/emit/dot-*; do
	sed '/^expr: /,/^$/d' "$dot" >"$tmp/body"
	awk "$check_digraph" "$tmp/body" | sed "s|^|${dot##*/}: |" >>"$tmp/wrong"
done
verdict 'digraphs have the form that they should'

# The layout of a large graph takes minutes: those only as text.
if command -v dot >/dev/null && command -v nop >/dev/null; then
	cat "$tmp"/*.dot | timeout 60 nop -p >"$tmp/out" 2>"$tmp/wrong" || echo "nop fails" >>"$tmp/wrong"
	"$bpfcap" -y EN10MB --emit dot -v -- 'tcp port 80 or vlan 7' |
		timeout 60 dot -Tsvg >"$tmp/out" 2>>"$tmp/wrong" || echo "dot fails" >>"$tmp/wrong"
	grep -q '<svg' "$tmp/out" || echo 'no picture' >>"$tmp/wrong"
	verdict 'Graphviz reads them'
else
	skip 'Graphviz reads them' 'dot is not installed (Debian package graphviz)'
fi

for pair in 'cbpf -d' 'cbpf-c -dd' 'cbpf-dec -ddd'; do
	while IFS= read -r row; do
		link=${row%%" | "*}
		expr=${row#*" | "}
		"$bpfcap" -y "$link" --emit "${pair% *}" -- "$expr" >"$tmp/a" 2>/dev/null
		"$bpfcap" -y "$link" "${pair#* }" -- "$expr" >"$tmp/b" 2>/dev/null
		[ -s "$tmp/a" ] || echo "$link: $expr: nothing" >>"$tmp/wrong"
		cmp "$tmp/a" "$tmp/b" >>"$tmp/wrong" 2>&1
	done <"$tmp/expressions"
	verdict "--emit ${pair% *} is ${pair#* }"
done

echo "1..$count"
[ "$failed" -eq 0 ]
