zfs
clone
-o
mountpoint=/srv/mm
k/m.before@T
k/m
