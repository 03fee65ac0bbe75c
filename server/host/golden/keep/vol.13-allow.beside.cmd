zfs
allow
k/vm/d1.before
