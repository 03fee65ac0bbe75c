zfs
rename
k/m
k/m.after
