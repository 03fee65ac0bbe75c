zfs
destroy
k/vm/d1@T
