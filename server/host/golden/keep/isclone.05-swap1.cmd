zfs
rename
k/i
k/i.after
