#!/bin/sh
# emit.sh: what --emit gives is taken by those it is for, and does there what it should:
# bpftool, tc, ip, iptables; the kernel's own printing of a program.  In: a build.
# Out: TAP; skips what is not installed.
. "${srcdir:-.}/tests/live/netns.sh"

tool=${BPFCAP:-${builddir:-.}/bpfcap}
pins=$work/bpf # a file system of its own: nothing is left behind
[ -x "$tool" ] || skip_all "bpfcap is not built"
"$tool" -y EN10MB --hook tc --emit elf ip >"$work/o" 2>/dev/null ||
	skip_all "no eBPF in this build"
mkdir "$pins"
mount -t bpf bpf "$pins" 2>/dev/null || skip_all "no BPF file system here"
trap 'umount "$pins"; clean_up' EXIT

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# emit HOOK FORM EXPRESSION [OPTION...]: into $work/o.
emit() {
	hook=$1 form=$2 expr=$3
	shift 3
	"$tool" -y EN10MB --hook "$hook" --emit "$form" -o "$work/o" "$@" -- "$expr" \
		>"$work/out" 2>"$work/err"
}

# compile: the C in $work/o becomes an object file.
compile() {
	mv "$work/o" "$work/filter.c"
	"${CLANG:-clang}" -target bpf -O2 -g -idirafter \
		"/usr/include/$(cc -print-multiarch 2>/dev/null)" \
		-c "$work/filter.c" -o "$work/o" 2>"$work/err"
}

# --- bpftool ------------------------------------------------------------------------
# bpftool_takes HOOK EXPRESSION: and its listing is ours, but for the names of functions.
bpftool_takes() {
	emit "$1" elf "$2" || return 1
	case $1 in
	tc) type=classifier ;;
	*) type=$1 ;;
	esac
	rm -f "$pins/p"
	bpftool prog load "$work/o" "$pins/p" type $type 2>"$work/err" || return 1
	bpftool prog dump xlated pinned "$pins/p" >"$work/theirs" || return 1
	emit "$1" xlated "$2" || return 1
	for list in theirs o; do
		sed -n -e 's/call .*/call/' -e 's/map\[id:[0-9]*\]/map/' \
			-e 's/^ *\([0-9]*: ([0-9a-f][0-9a-f])\)/\1/p' "$work/$list" \
			>"$work/$list.plain"
	done
	rm -f "$pins/p"
	[ -s "$work/o.plain" ] && diff "$work/theirs.plain" "$work/o.plain" >"$work/out"
}

# numbers FROM TO: an expression with a list.
numbers() {
	seq "$1" 3 "$2" | awk '{ printf "%s%d", (NR > 1 ? " or " : "udp dst port "), $1 }'
}

if command -v bpftool >/dev/null; then
	for hook in socket tc xdp; do
		holds "$hook: bpftool loads tcp port 80, and lists it as we do" \
			bpftool_takes $hook 'tcp port 80'
		holds "$hook: bpftool loads arithmetic" bpftool_takes $hook \
			'ip[2:2] - ((ip[0] & 0xf) << 2) != 0 and ip[8] / ip[9] > 3 or len > 900'
		holds "$hook: bpftool loads a tunnel" bpftool_takes $hook 'geneve 7 (tcp)'
		holds "$hook: bpftool loads a long list" bpftool_takes $hook "$(numbers 1 900)"
	done
	holds "tc: bpftool loads what the kernel knows of a packet" \
		bpftool_takes tc 'vlan 7 and inbound and ifindex 3'
	emit tc elf 'udp port 53 and host 10.0.0.1'
	bpftool prog load "$work/o" "$pins/p" type classifier 2>"$work/err"
	bpftool prog dump xlated pinned "$pins/p" linum >"$work/out" 2>>"$work/err"
	holds "a dump shows words of the expression" grep -q '; 10.0.0.1 .*line_col:22' "$work/out"
	holds "the programs have a licence" grep -q 'GPL\|gpl' "$work/o"
	rm -f "$pins/p"
else
	skip "bpftool takes object files" "bpftool is not installed"
fi

# The function of --emit ebpf, where the kernel rewrites nothing but what is read of the
# context and the packet's ends.
body_is_kept() {
	emit tc ebpf "$1" && sed 's/^ *[0-9]*: //' "$work/o" | grep -v '(r6 ' >"$work/ours"
	emit tc xlated "$1" || return 1
	sed 's/^ *[0-9]*: //' "$work/o" | grep -v '(r6 ' | tail -n "$(wc -l <"$work/ours")" \
		>"$work/theirs"
	[ -s "$work/ours" ] && diff "$work/ours" "$work/theirs" >"$work/out"
}
holds "the kernel keeps the instructions of --emit ebpf" body_is_kept 'tcp port 80 and host 10.0.0.1'
holds "the kernel keeps those of a relation" body_is_kept 'ip[8] * ip[9] > 3 or udp[4:2] & 7 != 1'

# --- traffic -------------------------------------------------------------------------
# Datagrams to a port where nobody listens are counted behind every hook.
arrived() {
	ip netns exec "$far" awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp
}

# passes TITLE NUMBER: of 5 short and 3 long datagrams.
passes() {
	before=$(arrived)
	on_near "$send" udp 10.9.0.2 5 100 >/dev/null
	on_near "$send" udp 10.9.0.2 3 500 >/dev/null
	sleep 0.1
	passed=$(($(arrived) - before))
	echo "# $passed passed, expected $2" >"$work/out"
	holds "$1" [ "$passed" = "$2" ]
}

tc_on() {
	on_far tc filter add dev v1 ingress bpf da obj "$work/o" sec tc >"$work/out" 2>"$work/err"
}
tc_off() { on_far tc filter del dev v1 ingress; }
xdp_on() { on_far ip link set dev v1 "$1" obj "$work/o" sec xdp >"$work/out" 2>"$work/err"; }
xdp_off() { on_far ip link set dev v1 "$1" off; }
short='udp dst port 4242 and ip[2:2] < 300'

passes "without a program all pass" 8
if command -v tc >/dev/null && on_far tc qdisc add dev v1 clsact 2>/dev/null; then
	emit tc elf "$short"
	holds "tc takes the object" tc_on
	passes "tc drops what matches" 3
	tc_off
	emit tc elf "$short or arp" --action pass
	holds "tc takes one that passes" tc_on
	passes "tc passes only what matches" 5
	tc_off
	emit tc c "$short"
	if command -v clang >/dev/null && compile; then
		holds "tc takes what clang makes of the C" tc_on
		passes "tc drops what matches in C" 3
		tc_off
	else
		skip "tc takes what clang makes of the C" "clang is not installed"
	fi
else
	skip "tc takes the object" "no tc with clsact here"
fi
for mode in xdpgeneric xdp; do
	emit xdp elf "$short"
	if ! xdp_on $mode; then
		skip "ip takes the object ($mode)" "$(head -n 1 "$work/err")"
		continue
	fi
	passes "$mode drops what matches" 3
	xdp_off $mode
	emit xdp elf "$short or arp" --action pass
	holds "ip takes one that passes ($mode)" xdp_on $mode
	passes "$mode passes only what matches" 5
	xdp_off $mode
	emit xdp c "$short"
	if command -v clang >/dev/null && compile; then
		holds "ip takes what clang makes of the C ($mode)" xdp_on $mode
		passes "$mode drops what matches in C" 3
		xdp_off $mode
	fi
done

# A datagram of 20,000 bytes in a frame of its own has but its headers in the first piece.
deep() {
	ip -n "$near" link set v0 mtu 30000 && ip -n "$far" link set v1 mtu 30000 || return 1
	before=$(arrived)
	on_near "$send" udp 10.9.0.2 4 20000 >/dev/null
	sleep 0.1
	passed=$(($(arrived) - before))
	echo "# $passed passed, expected $1" >"$work/out"
	[ "$passed" = "$1" ]
}
if on_far tc qdisc show dev v1 | grep -q clsact; then
	holds "large datagrams arrive" deep 4
	for form in elf c; do
		emit tc $form 'udp[10000] = 0 and udp[19999] = 0'
		[ $form = elf ] || { command -v clang >/dev/null && compile; } || continue
		holds "tc takes one that reads deep ($form)" tc_on
		holds "tc sees bytes that are not in the first piece ($form)" deep 0
		tc_off
	done
fi

# --- iptables --------------------------------------------------------------------------
matched() {
	on_far "$1" -nvxL INPUT | awk 'NR == 3 { print $1 }'
}

# rule COMMAND OPTION VALUE: counts packets; the first two words of a listing are counters.
rule() {
	on_far "$1" -A INPUT -p udp -m bpf "$2" "$3" >"$work/out" 2>"$work/err"
}

counts() {
	on_near "$send" udp 10.9.0.2 5 100 >/dev/null
	on_near "$send" udp 10.9.0.2 3 500 >/dev/null
	sleep 0.1
	n=$(matched "$1")
	on_far "$1" -F INPUT
	echo "# $n matched, expected 5" >"$work/out"
	[ "$n" = 5 ]
}
for iptables in iptables-legacy iptables-nft; do
	if ! command -v $iptables >/dev/null || ! on_far $iptables -nL INPUT >/dev/null 2>&1; then
		skip "$iptables takes the string" "$iptables is not to be had here"
		continue
	fi
	"$tool" --emit iptables "udp dst port 4242 and ip[2:2] < 300" >"$work/o"
	if ! rule $iptables --bytecode "$(cat "$work/o")"; then
		if grep -q 'xt_bpf\|No chain\|missing kernel' "$work/err"; then
			skip "$iptables takes the string" "$(head -n 1 "$work/err")"
			continue
		fi
	fi
	holds "$iptables counts what matches" counts $iptables
	"$tool" -y RAW --hook socket --emit elf -o "$work/o" "udp dst port 4242 and ip[2:2] < 300"
	if command -v bpftool >/dev/null; then
		bpftool prog load "$work/o" "$pins/p" type socket 2>"$work/err"
		rule $iptables --object-pinned "$pins/p"
		holds "$iptables counts what the pinned object matches" counts $iptables
		rm -f "$pins/p"
	fi
done

# --- what the kernel made ----------------------------------------------------------------
holds "the JIT's code is told" emit tc jited 'tcp port 80'
if command -v objdump >/dev/null && [ "$(uname -m)" = x86_64 ]; then
	holds "... and disassembled" grep -q '	ret\|	leave' "$work/o"
fi
mkdir "$work/bin"
ln -s "$(command -v sed)" "$work/bin/sed"
tool=$(cd "$(dirname "$tool")" && pwd)/bpfcap
PATH=$work/bin "$tool" -y EN10MB --hook tc --emit jited 'tcp port 80' >"$work/o" 2>"$work/err"
holds "without objdump it is hex, with a note" grep -q '^# not disassembled: objdump' "$work/o"
holds "... of all bytes" awk '/: [0-9]+ bytes$/ { want += $(NF - 1) } /^\t/ { got += NF }
	END { exit want == 0 || want != got }' "$work/o"
if command -v setpriv >/dev/null; then
	for form in xlated jited; do
		as="setpriv --bounding-set -all --inh-caps -all"
		# shellcheck disable=SC2086  # a command and its options
		$as "$tool" -y EN10MB --hook tc --emit $form ip >"$work/out" 2>"$work/err"
		holds "$form: without rights it says so" grep -q "$form: loading the program: .*; it takes CAP_BPF" "$work/err"
		holds "... and gives nothing" [ ! -s "$work/out" ]
	done
fi
done_testing
