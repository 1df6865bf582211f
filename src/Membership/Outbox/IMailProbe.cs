namespace UserManagement.Membership.Outbox;

/// <summary>The way of mail out of this server, for whoever wants to know what becomes of it at once.</summary>
public interface IMailProbe
{
    /// <summary>Whether mail only becomes files on this server, for no mail server is set up.</summary>
    bool IsFolder { get; }

    /// <summary>Sends a mail that says it is a test, and waits until it is taken.</summary>
    /// <param name="to">The one address it goes to.</param>
    /// <param name="workspace">The name of the workspace from which it was asked for.</param>
    /// <param name="ct">Stops the wait.</param>
    /// <returns>Why it was not taken, in words for admins; null where it was.</returns>
    Task<string?> SendTestAsync(string to, string workspace, CancellationToken ct);
}
