using Microsoft.Extensions.Logging;
using UserManagement.Membership.Outbox;

namespace UserManagement.Integrations.Mail;

/// <summary>Sends a test mail by the transport of all other mail, and waits for it.</summary>
internal sealed class MailProbe(IMailTransport transport, ILogger<MailProbe> log) : IMailProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public bool IsFolder => transport.IsFolder;

    /// <inheritdoc/>
    public async Task<string?> SendTestAsync(string to, string workspace, CancellationToken ct)
    {
        var letter = new LetterBody()
            .Say($"Hello,")
            .Say($"this is a test mail that you asked for in {workspace}. Mail from there arrives.")
            .To(to, "Test mail");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            await transport.SendAsync(letter, patience.Token);
            return null;
        }
        catch (Exception fault) when (fault is UndeliverableException or NotTakenException)
        {
            return fault.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "The mail server did not answer in time.";
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            // what the operator's mail server or disk says of itself is the log's
            log.LogWarning("A test mail could not be handed over. {Fault}: {Message}", fault.GetType().Name, fault.Message);
            return "The mail could not be handed over.";
        }
    }
}
