zfs
rename
k/vm/d1
k/vm/d1.after
