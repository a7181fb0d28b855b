#!/bin/sh
# rights.sh: what captures with which capabilities, and what the others are told.
. "${srcdir:-.}/tests/live/netns.sh"
[ "$kinds" != packet ] || skip_all "this build has no eBPF capture"
command -v setpriv >/dev/null || skip_all "this needs setpriv (util-linux)"

is() { [ "$1" = "$2" ]; }
says() { grep -q "$1" "$work/err"; }

# The test program has to be within reach of nobody.
chmod 755 "$work"
if [ -x "${capture%/*}/.libs/lt-${capture##*/}" ] || [ -d "${capture%/*}/.libs" ]; then
	real=${capture%/*}/.libs/${capture##*/}
	[ -x "$real" ] && capture=$real
fi
cp "$capture" "$work/capture" && capture=$work/capture

with() {
	as="setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs"
	[ -z "$1" ] || as="$as --inh-caps=$1 --ambient-caps=$1"
}

with +net_raw,+bpf
for name in v1 any; do
	begin -k sock -i $name 'udp port 4242'
	on_near "$send" raw v0 100 60 >/dev/null
	end
	want "eBPF on $name with CAP_BPF and CAP_NET_RAW" captured 100 received 100
done
with +net_raw
begin -k sock -i v1 udp
wait "$pid"
holds "eBPF without CAP_BPF is refused" is $? 3
pid=
holds "... as a matter of rights" says '^permission: .*CAP_BPF.*setcap'
begin -k packet -i v1 -p udp
on_near "$send" raw v0 100 60 >/dev/null
end
want "the ring needs CAP_NET_RAW only" captured 100 received 100
with ""
for kind in sock packet; do
	begin -k $kind -i v1 udp
	wait "$pid"
	holds "$kind: nothing without capabilities" is $? 3
	pid=
	holds "$kind: ... as a matter of rights" says '^permission: v1: .*setcap'
done
done_testing
