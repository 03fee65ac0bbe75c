zfs
rename
k/vm/d1.before
k/vm/d1
