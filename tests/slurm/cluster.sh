# A Slurm cluster of one node on the loopback address, for tests: sourced, not run. Needs root and Debian's slurm-wlm and munge.
#
# Everything the cluster writes lies in one folder; no service of the system is touched.

# Starts the cluster in folder $1 and points Slurm's programs at it.
start_cluster() {
  cluster=$1
  local host port
  host=$(hostname -s)
  port=$((20000 + RANDOM % 20000))
  mkdir -p "$cluster"/{munge,state,spool,log}

  # munged insists on folders and a key that nobody else could have written.
  dd if=/dev/urandom of="$cluster/munge/key" bs=128 count=1 status=none
  chmod 600 "$cluster/munge/key"
  chown -R munge: "$cluster/munge"
  chmod 755 "$cluster" "$cluster/munge"
  setpriv --reuid=munge --regid=munge --clear-groups munged --key-file="$cluster/munge/key" \
    --socket="$cluster/munge/socket" --pid-file="$cluster/munge/pid" --log-file="$cluster/munge/log" \
    --seed-file="$cluster/munge/seed"

  cat > "$cluster/slurm.conf" <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
# A requeued job starts again only after its credential is out of date: seconds instead of minutes.
AuthInfo=socket=$cluster/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/log/slurmctld.log
SlurmdLogFile=$cluster/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,bf_interval=2
ReturnToService=2
# Small, so that arrays have to be split.
MaxArraySize=4
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$cluster/slurm.conf
  slurmctld -f "$SLURM_CONF"
  slurmd -f "$SLURM_CONF" -N "$host"
  local second
  for second in {1..30}; do
    sinfo --noheader --states=idle 2>/dev/null | grep -q idle && return
    sleep 1
  done
  echo "The node did not come up:"
  tail -n 20 "$cluster"/log/*.log
  return 1
}

# Cancels what runs and ends the daemons, by the numbers that they wrote themselves.
stop_cluster() {
  scancel --user=root 2>/dev/null || true
  local name second
  for second in {1..15}; do
    test -z "$(squeue --noheader 2>/dev/null)" && break
    sleep 1
  done
  for name in slurmd.pid slurmctld.pid munge/pid; do
    test -s "$cluster/$name" && kill "$(cat "$cluster/$name")" 2>/dev/null || true
  done
  for second in {1..15}; do
    ls "$cluster"/slurmd.pid "$cluster"/slurmctld.pid > /dev/null 2>&1 || return 0
    sleep 1
  done
}
