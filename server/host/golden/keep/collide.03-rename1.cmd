zfs
rename
k/c
k/c.after
