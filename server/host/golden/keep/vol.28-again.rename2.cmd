zfs
rename
k/vm/d1.after
k/vm/d1
