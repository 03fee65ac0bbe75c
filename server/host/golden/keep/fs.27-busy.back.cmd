zfs
rename
-u
k/p/f.before
k/p/f
