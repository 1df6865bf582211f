using UserManagement.Membership;

namespace UserManagement.AdminUi.Http;

/// <summary>The one table from the core's refusals to what a page answers.</summary>
public static class Refusals
{
    /// <summary>The HTTP status of a refusal (RFC 9110 section 15).</summary>
    public static int Status(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.Invalid => 422,
            RefusalKind.NotFound => 404,
            RefusalKind.Forbidden => 403,
            RefusalKind.Conflict => 409,
            RefusalKind.Full => 409,
            RefusalKind.Stale => 409,
            RefusalKind.TooMany => 429,
            RefusalKind.Unavailable => 503,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of refusal has no status."),
        };

    /// <summary>What was not done, as the heading above a refusal: by the act that was posted, or else by the refusal.</summary>
    /// <param name="kind">The refusal's kind.</param>
    /// <param name="path">Path of the act; its last part names it, as in <c>/w/acme/members/{id}/suspend</c>.</param>
    public static string Title(RefusalKind kind, string path) =>
        path[(path.LastIndexOf('/') + 1)..] switch
        {
            "role" => "Role not changed",
            "license" => "License not changed",
            "names" or "name" => "Name not changed",
            "term" => "Time as a member not changed",
            "suspend" => "Not suspended",
            "restore" => "Not restored",
            "remove" => "Not removed",
            "erase" => "Not erased",
            "delete" => "Not deleted",
            "revoke" => "Not revoked",
            "resend" or "password-reset" or "send" => "Not sent",
            "invite" => "Nobody was invited",
            "assign" => "No seats assigned",
            "approve" => "Not approved",
            "reject" => "Not turned away",
            "policy" or "enforce" => "Policy not saved",
            "switch" => "Not switched",
            "undo" => "Not undone",
            "settings" => "Settings not saved",
            "domains" => "Domain not claimed",
            _ => kind switch
            {
                RefusalKind.Invalid => "Not saved: something needs another look",
                RefusalKind.Forbidden => "You may not do this",
                RefusalKind.Full => "There is no room",
                RefusalKind.Stale => "Not saved: it was changed in the meantime",
                RefusalKind.TooMany => "Not done: too many in a short time",
                RefusalKind.Unavailable => "Not done: something did not answer",
                _ => "Not done",
            },
        };

    /// <summary>
    /// Whether the refusal stands on the page it came from, beside what is still there; otherwise it is a page of its own
    /// (what the act was about is gone, or the person may not see that page).
    /// </summary>
    public static bool StaysOnPage(RefusalKind kind) => kind is not RefusalKind.NotFound;
}
