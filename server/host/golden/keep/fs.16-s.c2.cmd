zfs
rename
k/p/f.before
k/p/f
