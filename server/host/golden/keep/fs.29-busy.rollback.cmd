zfs
rollback
k/p/f@new
