namespace UserManagement.AdminUi.Http;

/// <summary>How long a list is before it is turned like a page.</summary>
internal static class Rows
{
    /// <summary>Rows of a page: with more of them, and what each row offers, a page would be larger than 100 KB.</summary>
    public const int OnPage = 25;
}
