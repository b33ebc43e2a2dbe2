#!/usr/bin/env bash
# A Slurm cluster on this machine, for tests: slurmctld, three slurmd (w1 to w3, with two
# processors and a GPU each, which is /dev/null) and munged. Nothing leaves the machine, and
# where the machine's name has an address of 127.0.0.0/8, all is bound to that.
#
#   cluster.sh up DIR      start what does not run, print the nodes
#   cluster.sh status DIR  nodes and jobs
#   cluster.sh down DIR    end all of it, jobs as well; DIR stays
#
# After `up`, SLURM_CONF=DIR/slurm.conf makes sbatch and the others talk to it.
# Needs Debian's slurm-wlm (22.05 or newer) and munge; no systemd, no cgroups, no root.
# Jobs run as the user who starts it. Every file is in DIR, whose folders above must be
# writable for nobody else, or sticky, as munged wants it; others may enter them.
# Licence: LGPL-2.1-or-later.

nodes=(w1 w2 w3)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin # the daemons, for those who are not root

cluster_missing() { # the programs that it needs and that are not there
    local program
    for program in munged slurmctld slurmd sbatch scancel scontrol sinfo squeue; do
        command -v "$program" >/dev/null || printf '%s ' "$program"
    done
}

# Four ports in a row on which nobody listens.
free_ports() {
    local port
    for port in $(shuf -i 20000-32000 -n 20); do
        awk -v p="$port" 'function number(hex, i, n) {
                for (i = 1; i <= 4; i++)
                    n = n * 16 + index("123456789ABCDEF", substr(hex, i, 1))
                return n
            }
            split($2, a, ":") == 2 { n = number(a[2]); used += n >= p && n < p + 4 }
            END { exit used > 0 }' /proc/net/tcp && break
    done
    echo "$port"
}

# Debian 12's Slurm knows no CgroupPlugin=disabled; with linuxproc it uses no cgroup anyhow.
cgroup_plugin() {
    case $(slurmctld -V) in *' '22.* | *' '23.0*) echo cgroup/v1 ;; *) echo disabled ;; esac
}

# Slurm binds to the address of the machine's name, or to all: then only munge's key, which
# nobody else can read, keeps others out.
own_address() { getent ahostsv4 "$(uname -n)" | sed -n '1s/^\(127[0-9.]*\) .*/\1/p'; }

write_config() { # dir
    local port name address
    address=$(own_address)
    port=$(free_ports)
    name=$(uname -n)
    sed "s,@DIR@,$1,; s/@HOST@/${name%%.*}/; s/@USER@/$(id -un)/; s/@PORT@/$port/
        s/@PORTS@/$((port + 1))-$((port + 3))/; s/@ADDRESS@/${address:-127.0.0.1}/
        $([[ $address ]] || echo /NoInAddrAny/d)" "$(dirname "${BASH_SOURCE[0]}")/slurm.conf.in" >"$1/slurm.conf"
    echo 'NodeName=w[1-3] Name=gpu File=/dev/null' >"$1/gres.conf"
    echo "CgroupPlugin=$(cgroup_plugin)" >"$1/cgroup.conf"
}

# start NAME COMMAND...: in the background, as DIR/run/NAME.
start() {
    (
        setsid "${@:2}" >"$cluster/log/$1.out" 2>&1 </dev/null &
        echo $! >"$cluster/run/$1"
    )
}

alive() { # name; one that has ended and that nobody waits for is not
    [[ -e $cluster/run/$1 ]] && grep -q '^State:.[^ZX]' "/proc/$(<"$cluster/run/$1")/status" 2>/dev/null
}
start_controller() { start ctld slurmctld -D -f "$SLURM_CONF"; }
start_node() { start "$1" slurmd -D -N "$1" -f "$SLURM_CONF"; }
idle_nodes() { sinfo -h -N -t idle -o %N 2>/dev/null | wc -l; }

cluster_use() { # dir
    cluster=$1
    export SLURM_CONF=$cluster/slurm.conf
}

cluster_up() { # dir
    local node
    mkdir -p "$1"/{run,log,state,spool/w{1,2,3}} || return
    cluster_use "$(cd "$1" && pwd)"
    [[ -s $SLURM_CONF ]] || write_config "$cluster"
    [[ -s $cluster/munge.key ]] ||
        (umask 077; head -c 128 /dev/urandom >"$cluster/munge.key")
    alive munged || start munged munged --foreground --socket="$cluster/munge.socket" \
        --key-file="$cluster/munge.key" --pid-file="$cluster/run/munged.pid" \
        --log-file="$cluster/log/munged" --seed-file="$cluster/munge.seed"
    for _ in {1..50}; do [[ ! -S $cluster/munge.socket ]] || break; sleep 0.1; done
    alive ctld || start_controller
    for node in "${nodes[@]}"; do alive "$node" || start_node "$node"; done
    for _ in {1..150}; do (($(idle_nodes) < 3)) || return 0; sleep 0.1; done
    tail -n 3 "$cluster"/log/* >&2
    return 1
}

# node_processes NODE: its slurmd, what guards its jobs (they write its log), and the jobs.
# With an empty NODE those of all nodes.
node_processes() {
    local process fd
    for process in /proc/[0-9]*; do
        for fd in "$process"/fd/*; do
            [[ $fd -ef $cluster/log/${1:-w1} || -z $1 &&
                ($fd -ef $cluster/log/w2 || $fd -ef $cluster/log/w3) ]] || continue
            echo "${process#/proc/}"
            continue 2
        done
        tr '\0' '\n' <"$process/environ" | awk -v conf="SLURM_CONF=$SLURM_CONF" -v node="$1" '
            $0 == conf { conf = "" }
            /^SLURMD_NODENAME=/ { found = node == "" || $0 == "SLURMD_NODENAME=" node }
            END { exit conf != "" || !found }' && echo "${process#/proc/}"
    done 2>/dev/null
}

cluster_down() { # dir
    local name
    cluster_use "$(cd "$1" && pwd)" || return
    # shellcheck disable=SC2046 # numbers
    kill -9 $(node_processes '') 2>/dev/null
    for name in ctld munged; do kill "$(<"$cluster/run/$name")"; done 2>/dev/null
    for name in ctld munged; do
        for _ in {1..100}; do alive "$name" || break; sleep 0.1; done
    done
    [[ -z $(node_processes '') ]] && ! alive ctld && ! alive munged
}

[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0
case ${1-}:${2:+dir} in
up:dir) cluster_up "$2" && sinfo -N ;;
status:dir) cluster_use "$2"; sinfo -N; squeue ;;
down:dir) cluster_down "$2" ;;
*) sed -n '5,7s/^# *//p' "$0" >&2; exit 2 ;;
esac
