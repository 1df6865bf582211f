using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Api.Http;

namespace UserManagement.Api.Document;

/// <summary>The document, for anybody: it says nothing about any workspace.</summary>
internal static class DocumentEndpoints
{
    private static byte[]? _document;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(ApiTable.Root + "/openapi.json", ShowAsync).ExcludeFromDescription();

    private static Task ShowAsync(HttpContext http)
    {
        var document = _document ??= Encoding.UTF8.GetBytes(ApiDocument.Write(ApiStray.Routes(http.RequestServices)));
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        http.Response.Headers.CacheControl = "public, max-age=300";
        return http.Response.Body.WriteAsync(document, http.RequestAborted).AsTask();
    }
}
