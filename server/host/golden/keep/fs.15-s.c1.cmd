zfs
rename
k/p/f
k/p/f.after
