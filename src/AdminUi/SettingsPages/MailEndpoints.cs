using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Outbox;
using UserManagement.Ui;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>Whether mail leaves this server, and a test of it.</summary>
internal static class MailEndpoints
{
    /// <summary>The page, below the workspace.</summary>
    public const string Path = "/settings/mail";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Gate.Page(Permission.ConfigureWorkspace, visit => ShowAsync(visit)));
        routes.MapPost(Path, Gate.Act(TestAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null) =>
        (await Frame.ReadAsync(visit, Place.Settings, refusal)).Show<MailScreen>(new() { ["IsFolder"] = visit.Act<IMailProbe>().IsFolder });

    private static async Task<IResult> TestAsync(Visit visit)
    {
        var outcome = await visit.Act<SendTestMail>().RunAsync(visit.Actor, visit.Workspace, visit.Ct);
        if (!outcome.Is(out var sent, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, () => ShowAsync(visit, refusal));
        }

        visit.Leave(
            sent.IsFile
                ? new(Tone.Warning, $"The test mail to {sent.To} is only a file on the server: no mail server is set up.")
                : new(Tone.Success, $"The mail server took the test mail to {sent.To}. Look into your mailbox.")
        );
        return Visit.SeeOther(visit.Path(Path));
    }
}
