zfs
set
mountpoint=/srv/mm.before
k/m.before
