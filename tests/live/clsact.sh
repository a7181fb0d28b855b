#!/bin/sh
# clsact.sh: --hook tc-clsact, and --hook tc where there are no tcx links: beside other
# people's filters, and what is left of the qdisc, however the capture ends.  Out: TAP.
# That it captures what a socket does is in hooks.sh.
. "${srcdir:-.}/tests/live/netns.sh"
. "${srcdir:-.}/tests/live/hooking.sh"

without=${WITHOUT_LINKS:-${builddir:-.}/tests/live/without_links}
command -v tc >/dev/null || skip_all "this needs tc (iproute2)"
on_far tc qdisc add dev v1 clsact 2>/dev/null || skip_all "there is no clsact qdisc here"
on_far tc qdisc del dev v1 clsact

sent() { # RECEIVED SENT
	on_near "$send" raw v0 "$1" 60 >/dev/null
	on_far "$send" raw v1 "$2" 60 >/dev/null
}
keeper() { pgrep -P "${pid##* }" 2>/dev/null; }
rights() { sed -n 's/^CapEff:\t0*//p' "/proc/$1/status"; } # in hex
# gone: nothing of it is there, at once or a little later.
gone() {
	tries=40
	while qdisc_there; do
		tries=$((tries - 1))
		[ $tries != 0 ] || return 1
		sleep 0.05
	done
}

# --- counts; the qdisc comes and goes ---------------------------------------------------

for way in in out inout; do
	start "$way" --hook tc-clsact -i v1 -Q $way udp
	holds "-Q $way: the qdisc is there" qdisc_there
	sent 30 20
	finish TERM
	case $way in in) count=30 ;; out) count=20 ;; *) count=50 ;; esac
	holds "-Q $way: $count packets" counted $count $count 0
	holds "-Q $way: all are in the file" is "$(records $way)" $count
	holds "-Q $way: says how" says '^bpfcap: v1: tc by the clsact qdisc$'
	holds "-Q $way: the qdisc is gone" no qdisc_there
done
start few --hook tc-clsact -i v1 -c 3 udp
sent 10 0
finish
holds "-c: ends well" is $status 0
holds "-c: the qdisc is gone" no qdisc_there
start int --hook tc-clsact -i v1 udp
finish INT
holds "SIGINT: ends well" is $status 0
holds "SIGINT: the qdisc is gone" no qdisc_there
start there --hook tc-clsact -i v1 udp
holds "one filter a side, of a priority for which nobody asks" is \
	"$(filters ingress),$(filters egress)" '4242 tc_in,4242 tc_out'
start second --hook tc-clsact -i v1 udp
holds "another capture: before the first" is "$(filters ingress)" '4241 tc_in 4242 tc_in'
sent 10 0
kill -TERM ${pid%% *} ${pid% *}
sleep 0.5
holds "... which ends: the other stays, and its qdisc" is "$(filters ingress)" '4241 tc_in'
sent 10 0
pid=${pid##* }
finish TERM
holds "... and captures all" counted 20 20 0
holds "... the last one takes the qdisc away" no qdisc_there

# --- a qdisc and filters of other people --------------------------------------------------

on_far tc qdisc add dev v1 clsact
start theirs --hook tc-clsact -i v1 udp
finish TERM
holds "their qdisc stays" qdisc_there
on_far tc qdisc del dev v1 clsact

invite in:10 first in:20 second out:1 third
start beside --hook tc-clsact -i v1 udp
holds "before their filters, in" is "$(filters ingress)" '9 tc_in 10 first 20 second'
holds "... and with one of priority 1, out" is "$(filters egress)" '1 tc_out 1 third'
invite in:0 fourth in:9 fifth
sent 30 20
holds "filters that come later" is "$(filters ingress)" '9 fifth 9 tc_in 10 first 20 second 49152 fourth'
finish TERM
holds "all that was there" counted 50 50 0
holds "theirs stay, in their order" is "$(filters ingress),$(filters egress)" \
	'9 fifth 10 first 20 second 49152 fourth,1 third'
holds "... and their qdisc" qdisc_there
farewell
holds "theirs saw all" is "$counts" 'fifth 30 first 30 fourth 30 second 30 third 20 '
on_far tc qdisc del dev v1 clsact

start ours --hook tc-clsact -i v1 udp
invite in:77 guest
sent 30 0
finish TERM
holds "a filter that came into our qdisc stays" is "$(filters ingress)" '77 guest'
farewell
holds "... and saw all" is "$counts" 'guest 30 '
on_far tc qdisc del dev v1 clsact

if on_far tc qdisc add dev v1 clsact &&
	on_far tc filter add dev v1 ingress prio 1 protocol ip u32 match u8 0 0 2>/dev/null; then
	start behind --hook tc-clsact -i v1 udp
	finish
	holds "a filter of priority 1: refused" is $status 1
	holds "... for a reason" says 'v1: an ingress filter has priority 1: nothing can be before it; give'
	holds "... it stays" [ -n "$(on_far tc filter show dev v1 ingress)" ]
	start out --hook tc-clsact -i v1 -Q out udp
	sent 0 20
	finish TERM
	holds "... the other side can be captured" counted 20 20 0
fi
on_far tc qdisc del dev v1 clsact
on_far tc qdisc add dev v1 ingress
start ingress --hook tc-clsact -i v1 udp
finish
holds "an ingress qdisc: refused" is $status 1
holds "... for a reason" says 'v1: an ingress qdisc is there, which has no place for what goes out; -Q in'
holds "... and nothing is left" is "$(filters ingress)" ''
start ingress-in --hook tc-clsact -i v1 -Q in udp
sent 30 20
finish TERM
holds "... what comes in can be captured" counted 30 30 0
holds "... and it stays" eval 'on_far tc qdisc show dev v1 | grep -q "qdisc ingress"'
on_far tc qdisc del dev v1 ingress

start robbed --hook tc-clsact -i v1 udp
sent 30 0
on_far tc qdisc del dev v1 clsact
on_far tc qdisc add dev v1 clsact
finish TERM
holds "somebody takes the filter away: says so" says "somebody took bpfcap's filter away from the clsact"
holds "... what came before is captured" counted 30 30 0
holds "... the qdisc that is there now stays" qdisc_there
on_far tc qdisc del dev v1 clsact

# --- ends, rights ---------------------------------------------------------------------------

chmod 777 "$work" # for nobody

start unwritten --hook tc-clsact -i v1 -w "$work/no/such/file" udp
finish
holds "an error during the start: status 1" is $status 1
holds "... leaves nothing" no qdisc_there
for user in '' '-Z nobody'; do
	rm -f "$work/kept.pcap"
	# shellcheck disable=SC2086  # none or two words
	start kept --hook tc-clsact -i v1 $user udp
	holds "rights${user:+, $user}: the keeper has CAP_NET_ADMIN alone" is "$(rights "$(keeper)")" 1000
	holds "rights${user:+, $user}: the capture does not" \
		is $((0x0$(rights ${pid##* }) & 0x1000)) 0
	kill -TERM "$(keeper)"
	kill -INT "$(keeper)"
	sleep 0.1
	holds "the keeper does not end by itself" [ -n "$(filters ingress)" ]
	sent 30 0
	finish TERM
	holds "rights${user:+, $user}: all is taken off" no qdisc_there
done

start killed --hook tc-clsact -i v1 udp
kill -KILL $pid
finish
holds "SIGKILL: nothing is left" gone

# both: what is left goes when the next one comes
orphan() {
	start "$1" --hook tc-clsact -i v1 udp
	kill -KILL "$(keeper)" ${pid##* }
	wait ${pid##* } 2>/dev/null
	pid=${pid% *}
}
orphan left
holds "both are killed: filters are left" is "$(filters ingress),$(filters egress)" '4242 tc_in,4242 tc_out'
start after --hook tc-clsact -i v1 udp
sent 30 0
holds "... which the next one takes away" is "$(filters ingress),$(filters egress)" '4242 tc_in,4242 tc_out'
finish TERM
holds "... and says so" is "$(grep -c 'took away the [a-z]* filter of a bpfcap that was killed' "$work/err")" 2
holds "... and counts what is its own" counted 30 30 0
holds "... with the qdisc" no qdisc_there
start alive --hook tc-clsact -i v1 udp
orphan left2
start after2 --hook tc-clsact -i v1 -Q in udp
holds "... but not that of one that lives" is "$(filters ingress),$(filters egress)" \
	'4241 tc_in 4242 tc_in,4242 tc_out'
finish TERM
holds "... and at last nothing is there" no qdisc_there
start lone --hook tc-clsact -i v1 udp
kill -KILL "$(keeper)"
finish TERM
holds "the keeper is killed: says what is left, and how to remove it" says \
	'v1: the ingress filter of this capture is still there; tc filter del dev v1 ingress prio 4242 handle 0x62706601 bpf'
sed -n 's/.*; \(tc filter del .*\)/\1/p' "$work/err" >"$work/remove"
# shellcheck disable=SC2046,SC2013  # words
while read -r line; do on_far $line; done <"$work/remove"
holds "... which does it" is "$(filters ingress)$(filters egress)" ''
on_far tc qdisc del dev v1 clsact

# --- no tcx links -------------------------------------------------------------------------------

as="$without 22"
start fallback --hook tc -i v1 udp
holds "no tcx links: filters" is "$(filters ingress),$(filters egress)" '4242 tc_in,4242 tc_out'
sent 30 20
finish TERM
holds "... it captures" counted 50 50 0
holds "... says why" says '^bpfcap: v1: tc by the clsact qdisc, for the kernel has no tcx links$'
holds "... and leaves nothing" no qdisc_there
on_far $as "$tool" --hooks >"$work/out"
holds "... --hooks says so" grep -q '^  tc  *yes  *clsact: the kernel has no tcx links$' "$work/out"
as="$without 28" # ENOSPC
start other --hook tc -i v1 udp
finish
as=
holds "another error: refused" is $status 1
holds "... for what it is" says 'v1: attaching at the tc hook: No space left on device'
holds "... no qdisc" no qdisc_there
done_testing
