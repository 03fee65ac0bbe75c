zfs
promote
k2/v.before
