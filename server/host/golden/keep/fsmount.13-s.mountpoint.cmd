zfs
set
mountpoint=/srv/mm
k/m
