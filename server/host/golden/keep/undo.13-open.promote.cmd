zfs
promote
k/u
