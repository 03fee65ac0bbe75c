zfs
destroy
k/u.before
