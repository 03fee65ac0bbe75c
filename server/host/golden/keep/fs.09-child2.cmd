zfs
rename
k/p/f.before/c2
k/p/f/c2
