using System.Data.Common;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;

namespace UserManagement.Storage;

/// <summary>
/// Where ASP.NET Core's data protection keeps its keys (antiforgery, protected state): in the database, so that all
/// servers share them, each sealed under the master key.
/// </summary>
public sealed class ProtectionKeyRing(Store store) : IXmlRepository
{
    /// <summary>The keys. One that was sealed under another master key is left out: it can protect nothing here.</summary>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = store.Read();
        return
        [
            .. db
                .ProtectionKeys.OrderBy(k => k.CreatedAt)
                .AsEnumerable()
                .Select(k => store.Box.OpenText(ProtectionKey.Purpose, k.Sealed))
                .OfType<string>()
                .Select(XElement.Parse),
        ];
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var db = store.Read();
        db.Add(
            new ProtectionKey
            {
                Name = friendlyName,
                Sealed = store.Box.Seal(ProtectionKey.Purpose, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting))),
                CreatedAt = store.Time.Now(),
            }
        );
        try
        {
            db.SaveChanges();
        }
        catch (DbUpdateException e) when (e.InnerException is DbException fault && db.Classify(fault) == WriteFault.Duplicate)
        {
            // the same key by another server
        }
    }
}
