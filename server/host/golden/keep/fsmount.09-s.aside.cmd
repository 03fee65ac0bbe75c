zfs
set
mountpoint=/srv/mm.after
k/m
