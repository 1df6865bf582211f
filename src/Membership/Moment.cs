namespace UserManagement.Membership;

/// <summary>One representation of time for both databases: UTC, whole milliseconds.</summary>
public static class Moment
{
    /// <summary>Now, cut to milliseconds, so that what is stored equals what is read.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => Cut(time.GetUtcNow());

    /// <summary>Cuts a time to whole milliseconds of UTC.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
