zfs
allow
k/vm/d1
