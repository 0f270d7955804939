# Read before a page is run: what its commands find in place of the tools. kubectl asks the cluster of the test and
# changes nothing; aws only notes what it was asked; tools of a node do nothing. $NOTES is a folder to write to, $AT the
# place on the page, $KUBECTL the real one.

# A record for each command: its fields end with a NUL, and it with the record separator of ASCII.
note() { # <file> <field>...
    local file=$NOTES/$1
    shift
    { printf '%s\0' "$@" && printf '\x1e'; } >>"$file"
}

kubectl() {
    local words=("$@") verb='' at=0
    while [ $at -lt $# ]; do
        case ${words[at]} in
        -n) at=$((at + 2)) ;;
        -*) at=$((at + 1)) ;;
        *) verb=${words[at]} && break ;;
        esac
    done
    local flags=()
    case "$verb ${words[at + 1]-}" in
    # With --help kubectl reads its flags and does no more: these wait, need a kubelet, or take no --dry-run.
    'apply '* | 'debug '* | 'diff '* | 'logs '* | 'port-forward '* | 'run '* | 'top '*)
        words=("${words[@]:0:at+1}" --help "${words[@]:at+1}")
        ;;
    'rollout restart' | 'rollout status')
        words=("${words[@]:0:at+2}" --help "${words[@]:at+2}")
        ;;
    'annotate '* | 'cordon '* | 'delete '* | 'drain '* | 'label '* | 'patch '* | 'scale '* | 'set '* | 'taint '* | 'rollout undo')
        flags=(--dry-run=server)
        ;;
    'get '*)
        case " $* " in *' --watch '*) flags=(--watch=false) ;; esac
        ;;
    esac
    local said status
    said=$NOTES/said
    "$KUBECTL" "${words[@]}" "${flags[@]}" 2>"$said"
    status=$?
    note kubectl "$AT" "$status" "$(cat "$said")" "kubectl $*"
    return $status
}

aws() {
    note aws "$AT" "$@"
    echo a
}

xargs() { # <command>..., a function as well
    local words
    read -r -a words
    "$@" "${words[@]}"
}

amtool() { :; }
chronyc() { :; }
curl() { :; }
df() { :; }
free() { :; }
ip() { :; }
journalctl() { :; }
kill() { :; }
nsenter() { :; }
sleep() { :; }
sysctl() { echo 1; }
systemctl() { :; }
yum() { :; }
