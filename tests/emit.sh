#!/bin/sh
# emit.sh: the forms of --emit beyond their goldens: digraphs are what Graphviz reads, JSON
# is what Python reads, C compiles, and the forms of classic BPF are those of -d, -dd and
# -ddd.  (What wants root: tests/live/emit.sh.)
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

# Each object: its nodes by number, in a row; ways that lead on; nothing unknown.
cat >"$tmp/check.py" <<'END'
import json, sys
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as f:
        g = json.load(f)
    def way(to, at):
        assert to in ("accept", "reject") or at < to < len(g["nodes"]), (name, at, to)
    def value(v):
        keys = {"const": {"value"}, "load": {"size", "offset"}, "len": set(),
                "meta": {"name"}, "slot": {"slot"}, "arith": {"op", "a", "b"}}
        assert keys[v["kind"]] == set(v) - {"kind", "base"}, (name, v)
        for part in ("a", "b", "base"):
            if part in v:
                value(v[part])
    assert g["format"] == "bpfcap-graph" and g["version"] == 1, name
    assert g["root"] in (0, "accept", "reject"), name
    text = g["expression"].encode()
    for at, n in enumerate(g["nodes"]):
        assert n["id"] == at and n["kind"] in ("test", "bind"), (name, at)
        value(n["value"])
        way(n["else"] if n["kind"] == "test" else n["to"], at)
        last = -1
        for a in n.get("arms", []):
            assert last < a["lo"] <= a["hi"] < 1 << 32, (name, at)
            last = a["hi"]
            way(a["to"], at)
        for s in n["source"]:
            assert s["at"] + s["len"] <= len(text), (name, at)
END
n=0
while IFS= read -r row; do
	n=$((n + 1))
	"$bpfcap" -y "${row%%" | "*}" --emit json -- "${row#*" | "}" >"$tmp/$n.json" 2>/dev/null
done <"$tmp/expressions"
printf 'tcp # \377\200 "quotes" \\ \001 \342\202\254\nor udp' >"$tmp/odd"
"$bpfcap" -y RAW --emit json -F "$tmp/odd" >"$tmp/odd.json" 2>/dev/null
if command -v python3 >/dev/null; then
	python3 "$tmp/check.py" "$tmp"/*.json >>"$tmp/wrong" 2>&1 || echo 'not well' >>"$tmp/wrong"
	python3 -m json.tool "$tmp/odd.json" >"$tmp/out" 2>>"$tmp/wrong" || echo 'odd text' >>"$tmp/wrong"
	verdict "Python reads the JSON of $n expressions, and of odd text"
else
	skip 'Python reads the JSON' 'python3 is not installed'
fi

# Assembly and bytes are of one program; an instruction of two halves is one line.
while IFS= read -r row; do
	for hook in socket tc xdp user; do
		"$bpfcap" -y "${row%%" | "*}" --hook $hook --emit ebpf -- "${row#*" | "}" >"$tmp/a" 2>/dev/null ||
			continue
		"$bpfcap" -y "${row%%" | "*}" --hook $hook --emit ebpf-bytes -- "${row#*" | "}" >"$tmp/b" 2>/dev/null
		sed -n 's/^ *[0-9]*: (\(..\)) .*/\1/p' "$tmp/a" >"$tmp/codes"
		cut -c1-2 "$tmp/b" | cmp - "$tmp/codes" >>"$tmp/wrong" 2>&1
		grep -n unknown "$tmp/a" >>"$tmp/wrong"
		grep -vx '[0-9a-f][0-9a-f]\( [0-9a-f][0-9a-f]\)\{7\}' "$tmp/b" >>"$tmp/wrong"
	done
done <"$tmp/expressions"
verdict 'ebpf and ebpf-bytes are one program, each instruction of which is known'

# For user space, with all warnings; comments end where they should.
if command -v cc >/dev/null; then
	while IFS= read -r row; do
		"$bpfcap" -y "${row%%" | "*}" --hook user --emit c -o "$tmp/f.c" -- "${row#*" | "}" \
			2>/dev/null || continue
		cc -std=gnu17 -Wall -Wextra -Werror -c "$tmp/f.c" -o "$tmp/f.o" >>"$tmp/wrong" 2>&1
	done <"$tmp/expressions"
	printf 'tcp # */ int x; /* \\\nor udp' >"$tmp/odd"
	"$bpfcap" -y RAW --hook user --emit c -F "$tmp/odd" -o "$tmp/f.c" 2>>"$tmp/wrong"
	cc -std=gnu17 -Wall -Wextra -Werror -c "$tmp/f.c" -o "$tmp/f.o" >>"$tmp/wrong" 2>&1
	verdict 'a compiler takes the C for user space'
else
	skip 'a compiler takes the C for user space' 'cc is not installed'
fi

# What cannot be made leaves the file alone; what can replaces it.
echo before >"$tmp/kept"
"$bpfcap" --emit iptables -y EN10MB -o "$tmp/kept" ip >/dev/null 2>&1 && echo 'made' >>"$tmp/wrong"
[ "$(cat "$tmp/kept")" = before ] || echo 'lost' >>"$tmp/wrong"
"$bpfcap" --emit iptables -o "$tmp/kept" ip 2>>"$tmp/wrong"
"$bpfcap" --emit iptables ip 2>>"$tmp/wrong" | cmp - "$tmp/kept" >>"$tmp/wrong" 2>&1
verdict 'a file is replaced by what is whole only'

echo "1..$count"
[ "$failed" -eq 0 ]
