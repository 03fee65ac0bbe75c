zfs
promote
k/u.before
