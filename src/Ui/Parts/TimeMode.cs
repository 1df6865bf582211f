namespace UserManagement.Ui.Parts;

/// <summary>How <see cref="RelativeTime"/> reads once its module runs.</summary>
public enum TimeMode
{
    /// <summary>"2 hours ago", "Yesterday", "3 days ago", then a date, in the viewer's time zone.</summary>
    Relative,

    /// <summary>"21 Nov 2026" in the viewer's time zone.</summary>
    Date,

    /// <summary>"21 Nov 2026, 23:46" in the viewer's time zone.</summary>
    Exact,
}
